// A test preloads this into the executable: where SQLite is to rebuild a database, AT_VACUUM says for how many milliseconds it
// works at it, or that the disk is `full`.

const getBuiltinModule = process.getBuiltinModule.bind(process)
const name = 'node:sqlite'
/** @type {{ DatabaseSync: new (...options: unknown[]) => import('../../src/stores/embedded/sqlite.ts').Database }} */
const { DatabaseSync } = /** @type {any} */ (
  getBuiltinModule(name) ?? (await import('@photostructure/sqlite'))
)
const full = 13
const what = process.env.AT_VACUUM ?? ''

class SlowDatabase extends DatabaseSync {
  /** @param {string} sql */
  exec(sql) {
    if (sql.includes('VACUUM')) {
      if (what === 'full') throw Object.assign(new Error('database or disk is full'), { errcode: full })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(what))
    }
    super.exec(sql)
  }
}

process.getBuiltinModule = (id) => (id === name ? { DatabaseSync: SlowDatabase } : getBuiltinModule(id))
