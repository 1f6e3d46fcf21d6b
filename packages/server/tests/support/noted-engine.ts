import { createEngine, type Engine } from '../../src/stores/embedded/engine.ts'
import {
  type Database,
  loadSqlite,
  prepareDatabase,
  type Statement,
  type Value,
} from '../../src/stores/embedded/sqlite.ts'

/** A database in memory whose statements are noted as they run. */
export interface Noted {
  readonly engine: Engine
  /** The statements that the work ran, but for transactions. */
  ran(work: () => void): string[]
  /** How many rows the work reads in lists. */
  rowsRead(work: () => void): number
  /** The steps of SQLite's plan for a statement. */
  planOf(sql: string): string[]
}

export async function openNoted(): Promise<Noted> {
  const db = (await loadSqlite())(':memory:')
  prepareDatabase(db, ':memory:')
  const noted: string[] = []
  let rows = 0
  const noting: Database = {
    exec: (sql) => db.exec(sql),
    close: () => db.close(),
    prepare<Row>(sql: string): Statement<Row> {
      const statement = db.prepare<Row>(sql)
      const noting = <Answer>(call: (...values: Value[]) => Answer) => {
        return (...values: Value[]) => {
          noted.push(sql)
          return call(...values)
        }
      }
      return {
        run: noting((...values) => statement.run(...values)),
        get: noting((...values) => statement.get(...values)),
        all: noting((...values) => {
          const all = statement.all(...values)
          rows += all.length
          return all
        }),
      }
    },
  }
  const engine = createEngine(noting)
  return {
    engine,
    ran(work) {
      noted.length = 0
      work()
      return noted.filter((sql) => !/^(BEGIN|COMMIT)/.test(sql))
    },
    rowsRead(work) {
      rows = 0
      work()
      return rows
    },
    planOf: (sql) =>
      db
        .prepare<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail),
  }
}
