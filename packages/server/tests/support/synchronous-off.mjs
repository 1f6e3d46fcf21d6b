// Loaded before the server by the test that proves the others: a store that waits for no disk has to fail them. The
// server is the same but for one word of one pragma. Plain JavaScript, because in a worker it runs before tsx does.

const getBuiltinModule = process.getBuiltinModule.bind(process)
const name = 'node:sqlite'
/** @type {{ DatabaseSync: new (...options: unknown[]) => import('../../src/stores/embedded/sqlite.ts').Database }} */
const { DatabaseSync } = /** @type {any} */ (
  getBuiltinModule(name) ?? (await import('@photostructure/sqlite'))
)

class HastyDatabase extends DatabaseSync {
  /** @param {string} sql */
  exec(sql) {
    const hasty = sql.replace(/synchronous = FULL/i, 'synchronous = OFF')
    super.exec(hasty)
    if (hasty === sql) return
    const { synchronous } = this.prepare('PRAGMA synchronous').get()
    process.stderr.write(`synchronous=${synchronous}\n`)
  }
}

// Where the server looks first for SQLite.
process.getBuiltinModule = (id) => (id === name ? { DatabaseSync: HastyDatabase } : getBuiltinModule(id))
