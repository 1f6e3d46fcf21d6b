import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { DatabaseProcess } from './database-process.ts'
import { mongoPlace } from './mongo-place.ts'

export type Driver = 'embedded' | 'mongo'

/** What never leaves the server, and is looked at in the database itself. */
export interface TicketSlot {
  readonly line_manager: string | null
  readonly slot: number | null
  readonly is_closed: boolean
}

/** Where a driver keeps what a proof writes; empty at first. */
export interface Place {
  readonly driver: Driver
  /** What `dowellchat-server migrate` is told of it. */
  readonly address: string
  /** What the executable is told of it. */
  readonly env: Readonly<Record<string, string>>
  /** Opens it in this process. */
  readonly open: () => Promise<Store>
  /** Opens it elsewhere: a function of a module below `src`, and its argument. */
  readonly opener: readonly [module: string, open: string, argument: unknown]
  /** Every ticket's slot, read past the driver; a server may be running. */
  slots(): Promise<TicketSlot[]>
  /** The server that writes to the disk, where our own does not. */
  readonly database?: DatabaseProcess
  remove(): Promise<void>
}

/** @param shared where a MongoDB database is made; without it a server of its own is started */
export function openPlace(driver: Driver, shared?: DatabaseProcess): Promise<Place> {
  return driver === 'mongo' ? mongoPlace(shared) : Promise.resolve(embeddedPlace())
}

function embeddedPlace(): Place {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-stores-'))
  return {
    driver: 'embedded',
    address: path,
    env: { DATA_DIR: path },
    open: () => embeddedStore({ path }),
    opener: ['stores/embedded/index.ts', 'embeddedStore', { path }],
    async slots() {
      const connect = await loadSqlite()
      const db = connect(join(path, 'chat.sqlite'))
      try {
        const rows = db
          .prepare<{ line_manager: string | null; slot: number | null; is_closed: number }>(
            'SELECT line_manager, slot, is_closed FROM tickets',
          )
          .all()
        return rows.map(({ line_manager, slot, is_closed }) => ({
          line_manager,
          slot,
          is_closed: is_closed === 1,
        }))
      } finally {
        db.close()
      }
    },
    remove: async () => rmSync(path, { recursive: true, force: true }),
  }
}
