import type { Message } from '../entities.ts'
import { ignorable } from '../live/ignorable.ts'
import type { Item, Lane } from './lane.ts'
import type { Extras } from './outgoing.ts'

/** Whether the server may have a message, whatever becomes of it here. */
export function mayBeStored({ one, isSent }: Item): boolean {
  return one.message !== null || (isSent === true && !one.error)
}

/** Settles with a message that is not at the server yet: as its promise does, which it may not have. */
export function outcomeOf(item: Item): Promise<Message> {
  const { resolve: told, reject: failed } = item
  return ignorable(
    new Promise((resolve, reject) => {
      item.resolve = (message) => {
        told?.(message)
        resolve(message)
      }
      item.reject = (error) => {
        failed?.(error)
        reject(error)
      }
    }),
  )
}

/** Gives a message another text that waits or has failed. Answers a promise that rejects if it can never be sent with it. */
export function rewrite(
  lane: Lane,
  item: Item,
  message_data: string,
  mentions: Extras['mentions'],
): Promise<never> | undefined {
  const { host, changed } = lane.parts
  const { mentions: _, ...extras } = item.one.extras
  const one = { ...item.one, message_data, extras: mentions ? { ...extras, mentions } : extras }
  const bytes = host.measure(lane.stream, one)
  if (typeof bytes !== 'number') return ignorable(bytes)
  const place = one.error ? 'failed' : 'waiting'
  host.moved(lane, item, place, place, { one, bytes })
  changed()
  return undefined
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
  const item = lane.parts.items.get(cid)
  if (!item || mayBeStored(item)) return undefined
  const impossible = rewrite(lane, item, message_data, mentions)
  return impossible ?? (item.one.error ? lane.retry(cid) : outcomeOf(item))
}
