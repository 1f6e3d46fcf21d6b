import type { DataOf, Message } from '../entities.ts'
import type { FakeStreams, NewChange } from './fake-streams.ts'

/** What fakes of requests know of the server. */
export interface FakeWorld {
  readonly streams: FakeStreams
  /** The client's user. */
  readonly user_id: string
  /** Throws as the server refuses a request. */
  refuse(code: 'not_found' | 'conflict', message: string): never
}

interface Target {
  readonly stream: string
  readonly seq: number
  readonly message_id: string
  readonly cid: string
}

type Changed = DataOf<'react'>

/** Answers the requests that change messages. */
export function fakeChanges({ streams, user_id, refuse }: FakeWorld) {
  function find({ stream, seq, message_id }: Target): Message {
    const found = streams.messages(stream).find((one) => one.seq === seq && one._id === message_id)
    return found ?? refuse('not_found', `There is no message ${message_id} in ${stream}`)
  }

  function change(
    { stream, seq, cid }: Target,
    fields: Pick<NewChange, 'change'> & Partial<NewChange>,
  ): Changed {
    const message = streams.change(stream, { target: seq, by: user_id, cid, ...fields })
    return message ? { message, changed: true } : refuse('not_found', 'There is no such message')
  }

  /** Gives or takes a reaction. */
  function react(target: Target, reaction: string, isGiven: boolean): Changed {
    const message = find(target)
    const { user_ids = [] } = message.reactions?.find((one) => one.reaction === reaction) ?? {}
    if (user_ids.includes(user_id) === isGiven) return { message, changed: false }
    const others = user_ids.filter((id) => id !== user_id)
    const now = isGiven ? [...others, user_id] : others
    const left = { reaction, count: now.length, user_ids: now }
    return change(target, { change: isGiven ? 'reacted' : 'unreacted', reaction: left })
  }

  function pin(target: Target, isPinned: boolean): Changed {
    const message = find(target)
    if ((message.pinned_at !== undefined) === isPinned) return { message, changed: false }
    return change(target, { change: isPinned ? 'pinned' : 'unpinned' })
  }

  return {
    edit_message({ message_data, mentions, ...target }: Target & Pick<Message, 'message_data' | 'mentions'>) {
      const message = find(target)
      if (message.kind === 'removed') refuse('conflict', 'The message is removed')
      return change(target, { change: 'edited', message_data, ...(mentions && { mentions }) })
    },
    delete_message(target: Target): Changed {
      const message = find(target)
      if (message.kind === 'removed') return { message, changed: false }
      return { message: streams.remove(target.stream, target.seq) ?? message, changed: true }
    },
    react: (payload: Target & { reaction: string }) => react(payload, payload.reaction, true),
    unreact: (payload: Target & { reaction: string }) => react(payload, payload.reaction, false),
    pin_message: (target: Target) => pin(target, true),
    unpin_message: (target: Target) => pin(target, false),
    get_pinned_messages({ stream }: { stream: string }): DataOf<'get_pinned_messages'> {
      const pinned = streams.messages(stream).filter((one) => one.pinned_at !== undefined)
      return { messages: [...pinned].sort((a, b) => (b.version ?? 0) - (a.version ?? 0)) }
    },
    get_reactions({ reaction, ...target }: Target & { reaction: string }): DataOf<'get_reactions'> {
      const found = find(target).reactions?.find((one) => one.reaction === reaction)
      return { user_ids: [...(found?.user_ids ?? [])].sort(), more: false }
    },
    get_message_versions(target: Target): DataOf<'get_message_versions'> {
      find(target)
      const entries = streams.entries(target.stream)
      const versions = entries.flatMap((entry) => {
        const isVersion =
          entry.seq === target.seq ||
          ('target' in entry && entry.target === target.seq && entry.change === 'edited')
        if (!isVersion || !('message_data' in entry)) return []
        const { message_data = '', created_at } = entry
        return [{ message_data, created_at }]
      })
      return { versions: versions.slice(0, -1) }
    },
  }
}
