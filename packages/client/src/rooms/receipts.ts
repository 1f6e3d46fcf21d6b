import { roomStream } from '@dowellchat/protocol/core'
import type { PushOf, Receipt } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { watchAccess } from './membership.ts'
import type { Receipts } from './receipts-state.ts'

/** Who has read the messages of a stream; pushed while the stream is joined. */
export function createReceipts(
  wire: Wire,
  stream: string,
  of: number | undefined,
  touch: () => void,
): CachedThing<Receipts> {
  return createLiveThing<Receipts, PushOf<'receipts'>>(
    {
      load: () => wire.request.get_receipts({ stream, ...(of !== undefined && { of }) }),
      merge: (known, { receipts }) => known && { ...known, receipts: withReceipts(known.receipts, receipts) },
      watch: (push, again) =>
        together(
          wire.on.receipts((pushed) => pushed.stream === stream && push(pushed)),
          watchAccess(wire, (room) => roomStream(room) === stream, again),
        ),
    },
    wire,
    touch,
  )
}

function withReceipts(known: readonly Receipt[], pushed: readonly Receipt[]): readonly Receipt[] {
  const all = new Map(known.map((one) => [one.user_id, one]))
  for (const one of pushed) if (one.nth >= (all.get(one.user_id)?.nth ?? 0)) all.set(one.user_id, one)
  return [...all.values()]
}
