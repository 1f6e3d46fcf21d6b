import type { Database, Value } from '../sqlite.ts'

/** A collection of one workspace's rows in the database. */
export interface Table<Row> {
  after(workspaceId: string, row: Row | null, limit: number): Row[]
  find(workspaceId: string, row: Row): Row | null
  last(workspaceId: string): Row | null
  count(workspaceId: string): number
  insert(workspaceId: string, row: Row): void
}

/** How a column's value stands in a portable row, and under which name. */
interface Field {
  readonly name: string
  read(value: Value): unknown
  write(value: unknown): Value
}

export function field(name: string): Field {
  // A portable row is typed by its collection, and its fields are what SQLite takes.
  return { name, read: (value) => value, write: (value) => value as Value }
}

export function booleanField(name: string): Field {
  return { name, read: (value) => value === 1, write: Number }
}

export function jsonField(name: string): Field {
  return {
    name,
    read: (value) => JSON.parse(String(value)) as unknown,
    write: (value) => JSON.stringify(value),
  }
}

type Stored = Record<string, Value>

/** A table whose rows have an id, read by it or by `n`, which tells what was made first. */
export function rowsTable<Row extends { readonly _id: string }>(
  db: Database,
  table: string,
  order: 'id' | 'n',
  fields: Readonly<Record<string, Field>>,
): Table<Row> {
  const columns = Object.keys(fields)
  const select = `SELECT ${columns.join(', ')} FROM ${table} WHERE workspace_id = ?`
  const next = db.prepare<Stored>(`${select} AND ${order} > ? ORDER BY ${order} LIMIT ?`)
  const newest = db.prepare<Stored>(`${select} ORDER BY ${order} DESC LIMIT 1`)
  const byId = db.prepare<Stored>(`${select} AND id = ?`)
  const place = db.prepare<{ at: Value }>(
    `SELECT ${order} AS at FROM ${table} WHERE workspace_id = ? AND id = ?`,
  )
  const counted = db.prepare<{ rows: number }>(`SELECT count(*) AS rows FROM ${table} WHERE workspace_id = ?`)
  const insert = db.prepare(
    `INSERT INTO ${table} (workspace_id, ${columns.join(', ')}) VALUES (?${', ?'.repeat(columns.length)})
     ON CONFLICT DO NOTHING`,
  )

  function toRow(stored: Stored): Row {
    const named = Object.entries(fields).map(([column, { name, read }]) => [
      name,
      read(stored[column] ?? null),
    ])
    // The fields are those of the row's type, which the table's one caller gives beside it.
    return Object.fromEntries(named) as Row
  }

  const first = (stored: Stored | undefined): Row | null => (stored ? toRow(stored) : null)

  return {
    after(workspaceId, row, limit) {
      // Before every number, and before every text.
      const at = row ? place.get(workspaceId, row._id)?.at : order === 'n' ? 0 : ''
      return at === undefined ? [] : next.all(workspaceId, at, limit).map(toRow)
    },
    find: (workspaceId, row) => first(byId.get(workspaceId, row._id)),
    last: (workspaceId) => first(newest.get(workspaceId)),
    count: (workspaceId) => counted.get(workspaceId)?.rows ?? 0,
    insert(workspaceId, row) {
      const values: Readonly<Record<string, unknown>> = { ...row }
      insert.run(workspaceId, ...Object.values(fields).map(({ name, write }) => write(values[name])))
    },
  }
}
