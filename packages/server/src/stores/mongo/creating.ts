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
}

/** Makes the next row of a workspace, unless its cid is known or its name is taken: whatever key collides, one of them. */
export function createNumbered<Row extends TenantRow & ClientMade>(
  { deadlines }: Pick<Database, 'deadlines'>,
  rows: Rows<Row>,
  numbers: Numbers,
  workspaceId: string,
  { fingerprint }: ClientMade,
  { make, byCid, byName }: Making<Row>,
): Promise<Creation<Row>> {
  return deadlines.persist<Creation<Row>>(async () => {
    const row = make((await numbers.last(workspaceId)) + 1)
    if ((await rows.insert([row])) === 1) return { created: true, row }
    const known = await byCid()
    if (known) return repeated(known, fingerprint, (same) => same)
    return (await byName()) ? { conflict: 'exists' } : undefined
  })
}
