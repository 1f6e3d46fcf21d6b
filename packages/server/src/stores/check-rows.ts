import type { StreamRow } from './fields/streams.ts'
import { type Collection, collections, type Portable, type PortableRows } from './portable.ts'
import { rowName, rowProblem } from './row-problem.ts'
import { damageOf } from './whole-entries.ts'

/** Something that is not as a server has written it. */
export interface Problem {
  readonly workspace_id: string
  readonly collection: Collection
  /** A stream and seq, or an id. */
  readonly place: string
  readonly problem: string
}

/** Why rows that are counted are not read. */
export const lostRows = 'nothing leads to them, since their stream, number or id is missing or damaged'

/**
 * Reads every row of a workspace, and yields what is wrong with them: their fields, their texts, holes between entries, and
 * rows that are there and are not found. Those that cannot be read as what they are `Portable.problems` has.
 */
export async function* rowProblems(portable: Portable, workspace_id: string): AsyncGenerator<Problem> {
  for (const collection of collections) {
    let read = 0
    const onRows = (count: number): void => {
      read += count
    }
    if (collection === 'entries') yield* entryProblems(portable, workspace_id, onRows)
    else yield* fieldProblems(portable, workspace_id, collection, onRows)
    const lost = (await portable.count(workspace_id, collection)) - read
    if (lost > 0) yield { workspace_id, collection, place: `(${lost} of them)`, problem: lostRows }
  }
}

async function* fieldProblems(
  portable: Portable,
  workspace_id: string,
  collection: Collection,
  onRows: (count: number) => void,
): AsyncGenerator<Problem> {
  for await (const rows of portable.read(workspace_id, collection, null, () => onRows(1))) {
    onRows(rows.length)
    for (const row of rows) {
      const problem = rowProblem(collection, row)
      if (problem !== undefined) yield { workspace_id, collection, place: rowName(collection, row), problem }
    }
  }
}

async function* entryProblems(
  portable: Portable,
  workspace_id: string,
  onRows: (count: number) => void,
): AsyncGenerator<Problem> {
  const { begins, damaged } = await beginnings(portable, workspace_id)
  const leftOut = new Set<string>()
  const onDamaged = ({ place }: { readonly place: string }) => {
    leftOut.add(place)
    onRows(1)
  }
  let last: Last | undefined
  for await (const rows of portable.read(workspace_id, 'entries', null, onDamaged)) {
    onRows(rows.length)
    for (const row of rows) {
      const before = last?.stream === row.stream ? last : beginningOf(begins.get(row.stream), row.stream)
      const isFirstKnown = before !== last && damaged.has(row.stream)
      const isBehindLeftOut = leftOut.has(rowName('entries', { ...row, seq: row.seq - 1 }))
      const problem = isFirstKnown || isBehindLeftOut ? ownProblem(row) : entryProblem(row, before)
      const place = rowName('entries', row)
      if (problem !== undefined) yield { workspace_id, collection: 'entries', place, problem }
      last = row
    }
  }
}

type Last = Pick<PortableRows['entries'], 'stream' | 'seq' | 'nth'>

function ownProblem(row: PortableRows['entries']): string | undefined {
  return rowProblem('entries', row) ?? damageOf(row.text, row)
}

function entryProblem(row: PortableRows['entries'], before: Last): string | undefined {
  const own = ownProblem(row)
  if (own !== undefined) return own
  const missing = row.seq - before.seq - 1
  if (missing > 0)
    return `${missing} ${missing === 1 ? 'entry' : 'entries'} before it ${missing === 1 ? 'is' : 'are'} missing`
  const nth = row.type === null ? before.nth + 1 : before.nth
  return row.nth === nth ? undefined : `its nth is ${row.nth} and not ${nth}`
}

/** Where the logs begin; of those whose rows are damaged nobody knows it. */
async function beginnings(portable: Portable, workspaceId: string) {
  const begins = new Map<string, StreamRow>()
  const damaged = new Set<string>()
  const onDamaged = ({ place }: { readonly place: string }) => void damaged.add(place)
  for await (const rows of portable.read(workspaceId, 'streams', null, onDamaged))
    for (const row of rows) begins.set(row.stream, row)
  return { begins, damaged }
}

function beginningOf(row: StreamRow | undefined, stream: string): Last {
  return { stream, seq: row?.pruned_seq ?? 0, nth: row?.pruned_nth ?? 0 }
}
