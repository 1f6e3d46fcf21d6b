import type { MessageReaders, Receipts } from './receipts-state.ts'

/** Who has read a message. @param of is the message that was asked for in a large room */
export function readersOf({ receipts, count }: Receipts, nth: number, of?: number): MessageReaders {
  const user_ids = receipts.filter((one) => one.nth >= nth).map(({ user_id }) => user_id)
  if (count === null) return { user_ids, count: user_ids.length }
  return { user_ids, count: nth === of ? count : null }
}
