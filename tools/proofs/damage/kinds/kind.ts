import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { loadSqlite } from '../../../../packages/server/src/stores/embedded/sqlite.ts'

/** Damage to a data folder that no server uses, and what the next start has to make of it. */
export interface Kind {
  readonly id: string
  readonly what: string
  readonly from: 'closed' | 'killed'
  /**
   * `refused`: the start says what is wrong. `told`: readers are told, or the log. `unharmed`: everything is as it was.
   */
  readonly outcome: 'refused' | 'told' | 'unharmed'
  /** What the start's refusal, or the log, must say. */
  readonly says?: RegExp
  damage(folder: string): void | Promise<void>
  /** Whether it is in the short form. */
  readonly isShort?: true
}

export const database = (folder: string) => join(folder, 'chat.sqlite')
export const log = (folder: string) => join(folder, 'chat.sqlite-wal')

export async function sql(folder: string, ...statements: string[]): Promise<void> {
  const db = (await loadSqlite())(database(folder))
  // As a damaged page would be, past every constraint.
  for (const statement of statements) db.exec(statement)
  db.close()
}

export function overwrite(file: string, at: number, bytes: Buffer | string): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.from(bytes), 0, bytes.length, at)
  closeSync(descriptor)
}

export function flip(file: string, at: number): void {
  const byte = readFileSync(file)[at] ?? 0
  overwrite(file, at, Buffer.from([byte ^ 0xff]))
}

export const pageBytes = 4096
