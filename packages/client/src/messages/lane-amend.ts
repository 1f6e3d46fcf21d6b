import type { Message } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Item, Lane } from './lane.ts'
import type { Extras } from './outgoing.ts'

/** Whether the server may have a message, whatever becomes of it here. */
export function mayBeStored({ one, isSent }: Item): boolean {
  return one.message !== null || (isSent === true && !one.error)
}

/**
 * Gives a message another text that has failed, which is then sent again, or that was never sent. Its promise; undefined if the
 * message is not in the outbox, or may be stored already.
 */
export function amend(
  lane: Lane,
  cid: string,
  message_data: string,
  mentions: Extras['mentions'],
): Promise<Message> | undefined {
  const { host, items, changed } = lane.parts
  const item = items.get(cid)
  if (!item || mayBeStored(item)) return undefined
  const { mentions: _, ...extras } = item.one.extras
  const one = { ...item.one, message_data, extras: mentions ? { ...extras, mentions } : extras }
  const bytes = host.measure(lane.stream, one)
  if (typeof bytes !== 'number') return ignorable(bytes)
  const place = one.error ? 'failed' : 'waiting'
  host.moved(lane, item, place, place, { one, bytes })
  if (one.error) return lane.retry(cid)
  changed()
  return ignorable(
    new Promise((resolve, reject) => {
      const before = { ...item }
      item.resolve = (message) => {
        before.resolve?.(message)
        resolve(message)
      }
      item.reject = (error) => {
        before.reject?.(error)
        reject(error)
      }
    }),
  )
}
