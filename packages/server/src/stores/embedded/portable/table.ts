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

/** A table whose rows have an id, and an `n` that tells what was made first. */
export function rankedTable<Row extends { readonly _id: string }>(
  db: Database,
  table: string,
  fields: Readonly<Record<string, Field>>,
): Table<Row> {
  const columns = Object.keys(fields)
  const select = `SELECT ${columns.join(', ')} FROM ${table} WHERE workspace_id = ?`
  const next = db.prepare<Stored>(`${select} AND n > ? ORDER BY n LIMIT ?`)
  const newest = db.prepare<Stored>(`${select} ORDER BY n DESC LIMIT 1`)
  const byId = db.prepare<Stored>(`${select} AND id = ?`)
  const rank = db.prepare<{ n: number }>(`SELECT n FROM ${table} WHERE workspace_id = ? AND id = ?`)
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
      const n = row ? (rank.get(workspaceId, row._id)?.n ?? Number.MAX_SAFE_INTEGER) : 0
      return next.all(workspaceId, n, limit).map(toRow)
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
