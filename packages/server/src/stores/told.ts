import type { Deletion } from '@dowellchat/protocol'
import { damagedMessage, deletionOf, timeOf } from './removal.ts'

/** What can be read of an entry's row, which may be damaged anywhere. */
export interface LeftOfEntry {
  readonly _id?: unknown
  readonly nth?: unknown
  readonly cid?: unknown
  readonly type?: unknown
}

const plainId = /^[\w:.~-]{1,128}$/

/** The text that is told in place of an entry that cannot be read. @param nth where the row does not know its own */
export function damagedText(
  row: LeftOfEntry,
  { stream, seq, nth }: { stream: string; seq: number; nth: number },
): string {
  // Without an id of its own it gets one of its place, the same whenever it is read.
  const _id = typeof row._id === 'string' && plainId.test(row._id) ? row._id : `damaged-${seq}`
  const place = { _id, stream, seq, nth: isCount(row.nth) ? row.nth : nth }
  // Nobody knows any more what it removed or changed.
  if (typeof row.type === 'string') return JSON.stringify(emptyDeletion(place))
  const cid = typeof row.cid === 'string' ? row.cid : _id
  return JSON.stringify(damagedMessage({ ...place, author: '', cid, fingerprint: '', text: '' }))
}

/** A deletion that removes nothing. */
function emptyDeletion({ stream, ...place }: Pick<Deletion, '_id' | 'stream' | 'seq' | 'nth'>): Deletion {
  const created_at = new Date(timeOf(place._id)).toISOString()
  return deletionOf(stream, { ...place, created_at }, { targets: [], reason: 'damaged' })
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
