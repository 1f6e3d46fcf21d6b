import { roomStream } from '@dowellchat/protocol/core'
import type { Entry, Message, Page } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import { type Change, changedRows, isChange } from '../messages/changed-rows.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'
import { watchAccess } from './membership.ts'

/** The pinned messages of a room, which is held as long as they are: its changes are theirs. */
export function createPinned(
  wire: Wire,
  { retain }: LiveStream,
  room: string,
  touch: () => void,
): CachedThing<readonly Message[]> {
  const stream = roomStream(room)
  const load = async (): Promise<readonly Message[]> =>
    (await wire.request.get_pinned_messages({ stream })).messages

  /** Which message was pinned, only the server knows. */
  function onEntries(entries: readonly Entry[], push: (become: Become) => void, again: () => void): void {
    const changes = entries.filter(isChange)
    if (changes.some((one) => 'change' in one && one.change === 'pinned'))
      load().then((messages) => push(() => messages), again)
    else if (changes.length > 0) push((messages) => messages && changed(messages, changes))
  }

  return createLiveThing<readonly Message[], Become>(
    {
      load,
      merge: (messages, become) => become(messages),
      watch(push, again) {
        const look = (page: Pick<Page, 'stream' | 'entries' | 'reset'>): void => {
          if (page.stream !== stream) return
          // What has led to another history, it does not say.
          if (page.reset) again()
          else onEntries(page.entries, push, again)
        }
        const access = watchAccess(wire, (one) => one === room, again)
        return together(retain(), wire.on.entries(look), wire.answered.page(look), access)
      },
    },
    wire,
    touch,
  )
}

type Become = (messages: readonly Message[] | null) => readonly Message[] | null

/** Those that are still pinned, as they are now; the same array if nothing differs. */
function changed(messages: readonly Message[], changes: readonly Change[]): readonly Message[] {
  const rows = messages.map((message) => ({ message })).sort((a, b) => a.message.seq - b.message.seq)
  const after = changedRows(
    rows,
    changes,
    (message) => ({ message }),
    ({ message }) => message,
  )
  if (after === rows) return messages
  const bySeq = new Map(after.map(({ message }) => [message.seq, message]))
  return messages
    .flatMap(({ seq }) => bySeq.get(seq) ?? [])
    .filter(({ pinned_at }) => pinned_at !== undefined)
}
