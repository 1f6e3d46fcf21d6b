import type { PushOf, Receipt } from '../entities.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'

/** Who has read how far, without the user and those who keep it to themselves. */
export interface Receipts {
  /** Empty where nobody is named. */
  readonly receipts: readonly Receipt[]
  /** How many have read the message that was asked for, where nobody is named; null elsewhere. */
  readonly count: number | null
}

/** Who has read a message, as far as that is known. */
export interface MessageReaders {
  readonly user_ids: readonly string[]
  /** How many; null in a large room, but for the message that was asked for. */
  readonly count: number | null
}

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
      watch: (push) => wire.on.receipts((pushed) => pushed.stream === stream && push(pushed)),
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

/** Who has read a message. @param of is the message that was asked for in a large room */
export function readersOf({ receipts, count }: Receipts, nth: number, of?: number): MessageReaders {
  const user_ids = receipts.filter((one) => one.nth >= nth).map(({ user_id }) => user_id)
  if (count === null) return { user_ids, count: user_ids.length }
  return { user_ids, count: nth === of ? count : null }
}
