import { describeError } from '../describe-error.ts'
import { type DamagedRow, StoreOpenError } from '../store.ts'
import { isCorruption } from './sqlite.ts'

/** Tells of a row that cannot be read. */
export type Report = (row: DamagedRow) => void

/** A row whose columns are not what was written. */
export class DamagedRowError extends Error {
  override readonly name = 'DamagedRowError'
}

/** Makes rows of a list what they are for; reports and leaves out those that cannot be read, so that the others are. */
export function readable<S extends object, Row>(
  rows: readonly S[],
  make: (row: S) => Row,
  from: { readonly workspace_id: string | null; readonly collection: string; readonly report: Report },
  nameOf: (row: S) => string = placeOf,
): Row[] {
  return rows.flatMap((row) => {
    try {
      return [make(row)]
    } catch (error) {
      if (!(error instanceof DamagedRowError || error instanceof SyntaxError)) throw error
      const { report, ...rest } = from
      report({ ...rest, place: nameOf(row), problem: problemOf(error) })
      return []
    }
  })
}

/** Reports a row by ending what needs it as it is. */
export function refuseDamaged({ workspace_id, collection, place, problem }: DamagedRow): never {
  throw new StoreOpenError(
    `${collection} ${place} of workspace ${workspace_id} cannot be read (${problem}): dowellchat-server check lists what is damaged; mend it, or restore a backup`,
  )
}

/** Something that writes has met a damaged page of the file, and knows it now: run again, it passes that by. */
export class MetBadPageError extends Error {
  override readonly name = 'MetBadPageError'
}

/** What is wrong with a row. JSON's own errors show what they could not read. */
export function problemOf(error: unknown): string {
  if (isCorruption(error)) return 'its page of the file is damaged'
  return error instanceof DamagedRowError ? describeError(error) : 'a field is no JSON'
}

function placeOf(row: object): string {
  const { _id, n } = row as { readonly _id?: unknown; readonly n?: unknown }
  return typeof _id === 'string' ? _id.slice(0, 128) : `row ${n ?? 'without an id'}`
}
