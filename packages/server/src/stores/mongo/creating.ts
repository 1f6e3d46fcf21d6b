import { repeated } from '../creation.ts'
import type { ClientMade, Creation } from '../store.ts'
import type { Database } from './database.ts'
import type { Numbers } from './numbers.ts'
import type { Rows, TenantRow } from './rows.ts'

/** How to make a row that has a name of its own beside its cid. */
export interface Making<Row extends TenantRow & ClientMade> {
  /** The row, under the next number. */
  make(n: number): Row
  /** What the same cid has made. */
  byCid(): Promise<Row | undefined>
  /** What has the name already. */
  byName(): Promise<Row | undefined>
  /** How many rows there may be. */
  readonly most?: number | undefined
  /** How many there are. Without it none is ever removed, and the number of the last one says it. */
  count?(): Promise<number>
}

/** Makes the next row of a workspace, unless its cid is known or its name is taken: whatever key collides, one of them. */
export function createNumbered<Row extends TenantRow & ClientMade>(
  { deadlines }: Pick<Database, 'deadlines'>,
  rows: Rows<Row>,
  numbers: Numbers,
  workspaceId: string,
  { fingerprint }: ClientMade,
  { make, byCid, byName, most = Number.POSITIVE_INFINITY, count }: Making<Row>,
): Promise<Creation<Row>> {
  return deadlines.persist<Creation<Row>>(async () => {
    const last = await numbers.last(workspaceId)
    // Whoever counts too many before another's number is taken finds it taken, and counts again.
    const isFull = last >= most && (count ? await count() : last) >= most
    const row = make(last + 1)
    if (!isFull && (await rows.insert([row])) === 1) return { created: true, row }
    const known = await byCid()
    if (known) return repeated(known, fingerprint, (same) => same)
    if (await byName()) return { conflict: 'exists' }
    return isFull ? { conflict: 'limit' } : undefined
  })
}
