import { collections } from '../../portable.ts'
import type { Stored } from '../columns.ts'
import { readable } from '../damage.ts'
import { type Database, isCorruption } from '../sqlite.ts'
import { tables } from '../tables.ts'

const batchSize = 1_000

type Placed = Stored & { readonly place: number; readonly workspace_id: string | null; readonly _id: string }

/** The rows that cannot be read as what they are: a column of another kind, or a text that is no JSON. */
export function columnProblems(db: Database): string[] {
  return collections.flatMap((name) => problemsOf(db, name))
}

function problemsOf(db: Database, name: (typeof collections)[number]): string[] {
  const { selected } = tables[name]
  const toRow: (stored: Stored) => object = tables[name].toRow
  // Revocations have no numbers, and are few.
  const order = name === 'revocations' ? 'user_id' : 'rowid'
  const owner = name === 'entries' ? 'NULL AS workspace_id' : `${name}.workspace_id`
  const id = name === 'entries' ? "stream_n || ' ' || seq" : idColumn(name)
  const next = db.prepare<Placed>(
    `SELECT ${name}.${order} AS place, ${owner}, ${selected}, ${id} AS _id FROM ${name}
     WHERE ${name}.${order} > ? ORDER BY ${name}.${order} LIMIT ${batchSize}`,
  )
  const problems: string[] = []
  const report = ({
    workspace_id,
    place,
    problem,
  }: {
    workspace_id: string | null
    place: string
    problem: string
  }) =>
    problems.push(`${name} ${[workspace_id, place].filter((part) => part !== null).join(' ')}: ${problem}`)
  try {
    for (let last: number | string = order === 'rowid' ? Number.MIN_SAFE_INTEGER : ''; ; ) {
      const rows: Placed[] = next.all(last)
      for (const row of rows) {
        const { workspace_id, _id } = row
        if (name === 'entries' || typeof workspace_id === 'string')
          readable([row], toRow, { workspace_id, collection: name, report })
        else report({ workspace_id: null, place: _id, problem: 'its column workspace_id is damaged' })
      }
      if (rows.length < batchSize) return problems
      last = rows.at(-1)?.place ?? last
    }
  } catch (error) {
    if (!isCorruption(error)) throw error
    return [...problems, `${name}: the rest cannot be read, since a page of the file is damaged`]
  }
}

function idColumn(name: string): string {
  if (name === 'streams') return 'stream'
  return name === 'revocations' ? 'user_id' : `${name}.id`
}

/** Entries whose stream is gone, and rows that find others which are gone. */
export function strayRows(db: Database): string[] {
  const counts: readonly [what: string, from: string][] = [
    ['entries of a stream that is missing', 'entries WHERE stream_n NOT IN (SELECT n FROM streams)'],
    ['members of a room that is missing', 'room_members WHERE room_n NOT IN (SELECT n FROM rooms)'],
    [
      'line managers whose ticket_count is wrong',
      'line_managers AS m WHERE ticket_count <> (SELECT count(*) FROM tickets AS t WHERE t.workspace_id = m.workspace_id AND t.line_manager = m.user_id AND t.is_closed = 0)',
    ],
    [
      'workspaces whose count of rooms is wrong',
      'room_counts AS c WHERE count <> (SELECT count(*) FROM rooms AS r WHERE r.workspace_id = c.workspace_id)',
    ],
    ['devices of a call that is missing', 'call_devices WHERE call_n NOT IN (SELECT n FROM calls)'],
    ['owners of a call that is missing', 'open_calls WHERE call_n NOT IN (SELECT n FROM calls)'],
    ['parties of a call that is missing', 'call_parties WHERE call_n NOT IN (SELECT n FROM calls)'],
  ]
  return counts.flatMap(([what, from]) => {
    try {
      const { rows = 0 } = db.prepare<{ rows: number }>(`SELECT count(*) AS rows FROM ${from}`).get() ?? {}
      return rows === 0 ? [] : [`${rows} ${what}`]
    } catch (error) {
      if (isCorruption(error)) return []
      throw error
    }
  })
}
