import { roomStream } from '@dowellchat/protocol/core'
import type { Entry, Message } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { LiveStream } from '../messages/live-stream.ts'
import type { Wire } from '../requests/wire.ts'

/** The pinned messages of a room, which is held as long as they are: its changes are theirs. */
export function createPinned(
  { request, on, ...wire }: Wire,
  { retain }: LiveStream,
  room: string,
  touch: () => void,
): CachedThing<readonly Message[]> {
  const stream = roomStream(room)
  return createLiveThing<readonly Message[], Entry>(
    {
      load: async () => (await request.get_pinned_messages({ stream })).messages,
      merge: (messages) => messages,
      watch: (_push, again) =>
        together(
          retain(),
          on.entries((push) => {
            if (push.stream === stream && push.entries.some(({ type }) => type !== 'message')) again()
          }),
        ),
    },
    { request, on, ...wire },
    touch,
  )
}
