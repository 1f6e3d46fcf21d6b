import type { Message } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Lane } from './lane.ts'
import type { Extras } from './outgoing.ts'

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
  if (!item || item.one.message || (item.isSent && !item.one.error)) return undefined
  const { mentions: _, ...extras } = item.one.extras
  const one = { ...item.one, message_data, extras: mentions ? { ...extras, mentions } : extras }
  const bytes = host.measure(lane.stream, one)
  if (typeof bytes !== 'number') return ignorable(bytes)
  const place = one.error ? 'failed' : 'waiting'
  host.moved(lane, item, place, 'gone')
  Object.assign(item, { one, bytes })
  host.moved(lane, item, 'gone', place)
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
