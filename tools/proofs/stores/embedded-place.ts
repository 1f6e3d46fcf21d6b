import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { loadSqlite } from '../../../packages/server/src/stores/embedded/sqlite.ts'
import type { Place } from './place.ts'

/** Creates a data folder for one proof. */
export function embeddedPlace(): Place {
  const path = mkdtempSync(join(tmpdir(), 'dowellchat-stores-'))
  return {
    driver: 'embedded',
    address: path,
    env: { DATA_DIR: path },
    open: () => embeddedStore({ path }),
    opener: ['embeddedStore', { path }],
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
