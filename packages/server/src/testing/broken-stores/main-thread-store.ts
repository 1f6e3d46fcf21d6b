import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, type Engine } from '../../stores/embedded/engine.ts'
import { storeOver } from '../../stores/embedded/index.ts'
import type { Answer, Operation } from '../../stores/embedded/operations.ts'
import { type Database, loadSqlite, prepareDatabase } from '../../stores/embedded/sqlite.ts'
import type { Store } from '../../stores/store.ts'

/** How a store is broken: hooks that change its database on opening, after each operation, and on closing. */
export interface Fault {
  /** Runs once per file, however many stores open it. */
  opened?(db: Database): void
  ran?(operation: Operation, answer: Answer, db: Database, engine: Engine): void
  closed?(db: Database): void
  /** Gives each store that opens the file its own heads in memory. */
  readonly apart?: true
}

/** A file that has all its tables: to migrate each one would take most of the time of its case. */
let emptyFile: Buffer | undefined

function emptyFileBy(connect: Awaited<ReturnType<typeof loadSqlite>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-empty-'))
  try {
    const file = join(folder, 'chat.sqlite')
    const db = connect(file)
    prepareDatabase(db, folder)
    db.close()
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Place {
  readonly db: Database
  readonly engine: Engine
  users: number
}

/** Opens the store of a folder. Stores that are open at the same time share its database. */
export type OpenFolder = (folder: string) => Promise<Store>

/** The embedded store without its thread and lock, so that it opens quickly; `fault` breaks it. */
export function mainThreadStore(fault: Fault = {}): OpenFolder {
  const places = new Map<string, Place>()

  async function openPlace(folder: string): Promise<Place> {
    const connect = await loadSqlite()
    const known = places.get(folder)
    if (known) return known
    const file = join(folder, 'chat.sqlite')
    emptyFile ??= emptyFileBy(connect)
    if (!existsSync(file)) writeFileSync(file, emptyFile)
    const db = connect(file)
    prepareDatabase(db, folder)
    db.exec('PRAGMA synchronous = OFF')
    fault.opened?.(db)
    const place = { db, engine: createEngine(db), users: 0 }
    places.set(folder, place)
    return place
  }

  function leave(folder: string, place: Place): void {
    place.users -= 1
    if (place.users > 0) return
    places.delete(folder)
    fault.closed?.(place.db)
    place.db.close()
  }

  return async (folder) => {
    const place = await openPlace(folder)
    place.users += 1
    const { db } = place
    const engine = fault.apart ? createEngine(db) : place.engine
    const perform = (operation: Operation): Answer[] => {
      const answers = engine.run([operation])
      for (const answer of answers) fault.ran?.(operation, answer, db, engine)
      return answers
    }
    return storeOver({
      run: async (batch) => batch.flatMap(perform),
      close: async () => leave(folder, place),
    })
  }
}
