// Loaded before the server by tests of a disk that hangs: once the file HANGS_FROM exists, a commit waits for half a minute,
// and its thread with it. As with a real one, the thread cannot be ended meanwhile.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const getBuiltinModule = process.getBuiltinModule.bind(process)
const name = 'node:sqlite'
/** @type {{ DatabaseSync: new (...options: unknown[]) => import('../../src/stores/embedded/sqlite.ts').Database }} */
const { DatabaseSync } = /** @type {any} */ (
  getBuiltinModule(name) ?? (await import('@photostructure/sqlite'))
)

class HangingDatabase extends DatabaseSync {
  /** @param {string} sql */
  prepare(sql) {
    const statement = super.prepare(sql)
    if (sql !== 'COMMIT') return statement
    return {
      run() {
        if (existsSync(process.env.HANGS_FROM ?? '')) spawnSync('sleep', ['30'])
        return statement.run()
      },
    }
  }
}

process.getBuiltinModule = (id) => (id === name ? { DatabaseSync: HangingDatabase } : getBuiltinModule(id))
