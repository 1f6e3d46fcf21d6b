import type { Item, Lane } from './lane.ts'

/** Takes the messages of an earlier load into a lane, in front of those that have not been sent. */
export function restore(lane: Lane, earlier: readonly Item[]): void {
  const { host, items, waiting, underWay, begin, changed } = lane.parts
  const later = [...items.values()]
  const late = [...waiting.values()].slice(underWay().length)
  const isNew = earlier.filter(({ one }) => !items.has(one.cid))
  items.clear()
  for (const item of late) waiting.delete(item.one.cid)
  for (const item of isNew) {
    if (!item.one.error) waiting.set(item.one.cid, item)
    host.moved(lane, item, 'gone', item.one.error ? 'failed' : 'waiting')
  }
  for (const item of [...isNew, ...later]) items.set(item.one.cid, item)
  for (const item of late) waiting.set(item.one.cid, item)
  if (!begin()) changed()
}
