import { StoreOpenError } from '../../store.ts'
import { type NumberedRow, numbersOf } from '../numbers.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { within } from '../where.ts'

export const batchSize = 1_000

/** A collection of one workspace's rows in the database. */
export interface Table<Row> {
  after(workspaceId: string, row: Row | null): AsyncIterable<Row[]>
  find(workspaceId: string, row: Row): Promise<Row | null>
  last(workspaceId: string): Promise<Row | null>
  count(workspaceId: string): Promise<number>
  insert(workspaceId: string, rows: readonly Row[]): Promise<void>
}

/** A table whose rows have numbers without holes, in the order in which they were made. */
export function numberedTable<Row extends { readonly _id: string }>(rows: Rows<NumberedRow>): Table<Row> {
  const numbers = numbersOf(rows)

  function toRow({ workspace_id: _, n: __, ...row }: NumberedRow): Row {
    // Beside these two a row has the fields of a portable one.
    return row as unknown as Row
  }

  async function at(workspace_id: string, n: number): Promise<Row | null> {
    const row = await rows.get({ workspace_id, n })
    return row ? toRow(row) : null
  }

  return {
    async *after(workspace_id, row) {
      const known = row && (await rows.get({ workspace_id, _id: row._id }))
      for (let n = known?.n ?? 0; ; n += batchSize) {
        const some = await rows.find({ workspace_id, n: within(n + 1, n + batchSize) }, { sort: { n: 1 } })
        if (some.length > 0) yield some.map(toRow)
        if (some.length < batchSize) return
      }
    },

    async find(workspace_id, { _id }) {
      const row = await rows.get({ workspace_id, _id })
      return row ? toRow(row) : null
    },

    last: async (workspaceId) => at(workspaceId, await numbers.last(workspaceId)),

    count: (workspaceId) => countOf(rows, workspaceId),

    async insert(workspace_id, some) {
      const last = await numbers.last(workspace_id)
      const numbered = some.map((row, index) => ({ ...row, workspace_id, n: last + index + 1 }))
      await insertAll(rows, numbered)
    },
  }
}

export async function countOf<Row extends TenantRow>(rows: Rows<Row>, workspaceId: string): Promise<number> {
  // A condition that every kind of row has.
  const where = { workspace_id: workspaceId } as Parameters<typeof rows.aggregate>[0]
  const [counted] = await rows.aggregate<{ rows: number }>(where, [{ $count: 'rows' }])
  return counted?.rows ?? 0
}

/** Inserts behind what is there, where every key has to be free. */
export async function insertAll<Row extends TenantRow>(rows: Rows<Row>, some: readonly Row[]): Promise<void> {
  const inserted = await rows.insert(some)
  const refused = some[inserted]
  if (!refused) return
  throw new StoreOpenError(
    `MongoDB has another row under a key of ${refused._id} of workspace ${refused.workspace_id}: name a database without that workspace`,
  )
}
