import type { DataOf, Message } from '../entities.ts'
import type { MessagePlace, NewChange } from './fake-streams.ts'
import type { FakeWorld } from './fake-world.ts'

interface Target extends MessagePlace {
  readonly cid: string
}

type Changed = DataOf<'react'>

/** Answers the requests that change messages. */
export function fakeChanges({ streams, user_id, rightsIn, refuse }: FakeWorld) {
  function find(place: MessagePlace): Message {
    const { message_id, stream } = place
    return streams.find(place) ?? refuse('not_found', `Message ${message_id} does not exist in ${stream}`)
  }

  /** A message that can be changed. */
  function changeable(place: MessagePlace): Message {
    const message = find(place)
    if (message.kind === 'removed')
      refuse('not_found', `Message ${place.message_id} does not exist in ${place.stream}`)
    return message
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
    const message = changeable(target)
    const { user_ids = [] } = message.reactions?.find((one) => one.reaction === reaction) ?? {}
    if (user_ids.includes(user_id) === isGiven) return { message, changed: false }
    const others = user_ids.filter((id) => id !== user_id)
    const now = isGiven ? [...others, user_id] : others
    const left = { reaction, count: now.length, user_ids: now }
    return change(target, { change: isGiven ? 'reacted' : 'unreacted', reaction: left })
  }

  function pin(target: Target, isPinned: boolean): Changed {
    if (!rightsIn(target.stream).pins) refuse('forbidden', 'You may not pin messages here')
    const message = changeable(target)
    if ((message.pinned_at !== undefined) === isPinned) return { message, changed: false }
    return change(target, { change: isPinned ? 'pinned' : 'unpinned' })
  }

  return {
    edit_message({ message_data, mentions, ...target }: Target & Pick<Message, 'message_data' | 'mentions'>) {
      const message = changeable(target)
      if (message.author !== user_id) refuse('forbidden', 'A message can be edited by its author only')
      if (message.kind !== 'text') refuse('forbidden', 'This message cannot be edited')
      const [before, after] = [message.mentions ?? [], mentions ?? []].map((one) => JSON.stringify(one))
      if (message.message_data === message_data && before === after) return { message, changed: false }
      return change(target, { change: 'edited', message_data, ...(mentions && { mentions }) })
    },
    delete_message(target: Target): Changed {
      const message = find(target)
      if (message.kind === 'removed') return { message, changed: false }
      if (message.kind !== 'text') refuse('forbidden', 'This message cannot be removed')
      if (message.author !== user_id && !rightsIn(target.stream).removesOthers)
        refuse('forbidden', 'You may remove your own messages only')
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
