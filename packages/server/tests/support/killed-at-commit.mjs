// A test preloads this into a command to interrupt it: it kills the process, as kill -9 does, instead of the n-th commit.

const getBuiltinModule = process.getBuiltinModule.bind(process)
const name = 'node:sqlite'
/** @type {{ DatabaseSync: new (...options: unknown[]) => import('../../src/stores/embedded/sqlite.ts').Database }} */
const { DatabaseSync } = /** @type {any} */ (
  getBuiltinModule(name) ?? (await import('@photostructure/sqlite'))
)
let left = Number(process.env.KILLED_AT_COMMIT)

class MortalDatabase extends DatabaseSync {
  /** @param {string} sql */
  exec(sql) {
    if (sql === 'COMMIT' && --left === 0) process.kill(process.pid, 'SIGKILL')
    super.exec(sql)
  }
}

process.getBuiltinModule = (id) => (id === name ? { DatabaseSync: MortalDatabase } : getBuiltinModule(id))
