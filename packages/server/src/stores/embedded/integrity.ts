import { describeError } from '../describe-error.ts'
import type { Database } from './sqlite.ts'

/** What SQLite finds wrong with a file's pages, tables and indexes, at most so many. */
export function integrityProblems(db: Database, most: number): string[] {
  try {
    const rows = db.prepare<{ integrity_check: string }>(`PRAGMA integrity_check(${most})`).all()
    return rows
      .map(({ integrity_check }) => String(integrity_check).replaceAll(/\s+/g, ' '))
      .filter((line) => line !== 'ok')
  } catch (error) {
    return [describeError(error)]
  }
}
