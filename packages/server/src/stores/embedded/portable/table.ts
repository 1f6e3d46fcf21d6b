import type { Columns, Stored } from '../columns.ts'
import { type Report, readable, refuseDamaged } from '../damage.ts'
import type { Database, Value } from '../sqlite.ts'

/** A collection of one workspace's rows in the database. */
export interface Table<Row> {
  /** The rows that follow one, batch by batch. What cannot be read is reported and left out. */
  after(workspaceId: string, row: Row | null, limit: number, report: Report): Iterable<Row[]>
  /** @throws StoreOpenError where the row cannot be read, as `last` does */
  find(workspaceId: string, row: Row): Row | null
  last(workspaceId: string): Row | null
  count(workspaceId: string): number
  insert(workspaceId: string, row: Row): void
  /** False where a key of the row is taken. */
  replace(workspaceId: string, row: Row): boolean
  /** Puts a row in the place of one that is there. */
  change(workspaceId: string, before: Row, after: Row): void
  remove(workspaceId: string, row: Row): void
}

/** The column that names a row within its workspace, and the column that orders them. */
export interface Keys<Row> {
  readonly key: 'id' | 'stream' | 'user_id'
  readonly order: 'id' | 'n' | 'stream' | 'user_id'
  keyOf(row: Row): string
}

type Placed = Stored & { readonly row_place: Value; readonly row_name: Value }

/** The rows of a table that has one key for each. */
export function keyedTable<Row>(
  db: Database,
  table: string,
  { selected, inserted, marks, toRow, valuesOf }: Columns<Row>,
  { key, order, keyOf }: Keys<NoInfer<Row>>,
): Table<Row> {
  const select = `SELECT ${selected}, ${order} AS row_place, ${key} AS row_name FROM ${table} WHERE workspace_id = ?`
  const next = db.prepare<Placed>(`${select} AND ${order} > ? ORDER BY ${order} LIMIT ?`)
  const newest = db.prepare<Placed>(`${select} ORDER BY ${order} DESC LIMIT 1`)
  const byKey = db.prepare<Placed>(`${select} AND ${key} = ?`)
  const place = db.prepare<{ at: Value }>(
    `SELECT ${order} AS at FROM ${table} WHERE workspace_id = ? AND ${key} = ?`,
  )
  const counted = db.prepare<{ rows: number }>(`SELECT count(*) AS rows FROM ${table} WHERE workspace_id = ?`)
  const insert = db.prepare(
    `INSERT INTO ${table} (workspace_id, ${inserted}) VALUES (?, ${marks}) ON CONFLICT DO NOTHING`,
  )
  const update = db.prepare(
    `UPDATE OR IGNORE ${table} SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND ${key} = ?`,
  )
  const change = db.prepare(
    `UPDATE ${table} SET (${inserted}) = (${marks}) WHERE workspace_id = ? AND ${key} = ?`,
  )
  const remove = db.prepare(`DELETE FROM ${table} WHERE workspace_id = ? AND ${key} = ?`)
  const read = (stored: readonly Placed[], workspace_id: string, report: Report): Row[] =>
    readable(stored, toRow, { workspace_id, collection: table, report }, ({ row_name }) => String(row_name))
  const first = (stored: Placed | undefined, workspaceId: string): Row | null =>
    (stored && read([stored], workspaceId, refuseDamaged)[0]) ?? null

  return {
    *after(workspaceId, row, limit, report) {
      // Before every number, and before every text.
      const start = order === 'n' ? 0 : ''
      // A row that the order itself names may have been renamed or removed by now; another that is gone begins anew.
      const placeOf = (known: Row) =>
        order === key ? keyOf(known) : place.get(workspaceId, keyOf(known))?.at
      for (let at = (row && placeOf(row)) ?? start; ; ) {
        const stored = next.all(workspaceId, at, limit)
        const rows = read(stored, workspaceId, report)
        if (rows.length > 0) yield rows
        if (stored.length < limit) return
        at = stored.at(-1)?.row_place ?? at
      }
    },
    find: (workspaceId, row) => first(byKey.get(workspaceId, keyOf(row)), workspaceId),
    last: (workspaceId) => first(newest.get(workspaceId), workspaceId),
    count: (workspaceId) => counted.get(workspaceId)?.rows ?? 0,
    insert(workspaceId, row) {
      insert.run(workspaceId, ...valuesOf(row))
    },
    replace: (workspaceId, row) => Number(update.run(...valuesOf(row), workspaceId, keyOf(row)).changes) > 0,
    change(workspaceId, before, after) {
      change.run(...valuesOf(after), workspaceId, keyOf(before))
    },
    remove(workspaceId, row) {
      remove.run(workspaceId, keyOf(row))
    },
  }
}
