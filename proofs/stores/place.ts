import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore } from '../../packages/server/src/stores/embedded/index.ts'
import { loadSqlite } from '../../packages/server/src/stores/embedded/sqlite.ts'
import type { Store } from '../../packages/server/src/stores/store.ts'

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
  /** What the executable is told of it. */
  readonly env: Readonly<Record<string, string>>
  /** Opens it in this process. */
  readonly open: () => Promise<Store>
  /** Opens it elsewhere: a function of a module below `src/stores`, and its argument. */
  readonly opener: readonly [module: string, open: string, argument: unknown]
  /** Every ticket's slot, read past the driver; a server may be running. */
  slots(): Promise<TicketSlot[]>
  /** The process that writes to the disk, where it is not the server itself. */
  readonly diskPid?: number
  /** Makes it work again after the disk has failed. */
  repair(): Promise<void>
  remove(): Promise<void>
}

export function openPlace(driver: Driver): Promise<Place> {
  if (driver === 'mongo') throw new Error('There is no MongoDB driver yet')
  return Promise.resolve(embeddedPlace())
}

function embeddedPlace(): Place {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-stores-'))
  return {
    driver: 'embedded',
    env: { DATA_DIR: path },
    open: () => embeddedStore({ path }),
    opener: ['embedded/index.ts', 'embeddedStore', { path }],
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
    async repair() {},
    remove: async () => rmSync(path, { recursive: true, force: true }),
  }
}
