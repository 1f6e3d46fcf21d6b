import { roomStream } from '@dowellchat/protocol/core'
import type { Message } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import { type Change, changedRows, isChange } from '../messages/changed-rows.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'

/** The pinned messages of a room, which is held as long as they are: its changes are theirs. */
export function createPinned(
  wire: Wire,
  { retain }: LiveStream,
  room: string,
  touch: () => void,
): CachedThing<readonly Message[]> {
  const stream = roomStream(room)
  return createLiveThing<readonly Message[], readonly Change[]>(
    {
      load: async () => (await wire.request.get_pinned_messages({ stream })).messages,
      merge: (messages, changes) => messages && changed(messages, changes),
      watch: (push, again) =>
        together(
          retain(),
          wire.on.entries((pushed) => {
            if (pushed.stream !== stream) return
            const changes = pushed.entries.filter(isChange)
            // Which message it is, only the server knows.
            if (changes.some((one) => 'change' in one && one.change === 'pinned')) again()
            else if (changes.length > 0) push(changes)
          }),
        ),
    },
    wire,
    touch,
  )
}

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
