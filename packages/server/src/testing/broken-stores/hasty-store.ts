import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../stores/embedded/engine.ts'
import { storeOver } from '../../stores/embedded/index.ts'
import { type Database, loadSqlite, prepareDatabase } from '../../stores/embedded/sqlite.ts'
import type { Store } from '../../stores/store.ts'

const lateMs = 50

/** Acknowledges writes that only its working copy has, and saves them a moment later. Closing saves everything. */
export async function hastyStore(folder: string): Promise<Store> {
  const saved = join(folder, 'saved.sqlite')
  const working = join(mkdtempSync(join(folder, 'working-')), 'chat.sqlite')
  if (existsSync(saved)) copyFileSync(saved, working)
  const db = (await loadSqlite())(working)
  prepareDatabase(db, working)
  db.exec('PRAGMA synchronous = OFF')
  const engine = createEngine(db)
  let timer: NodeJS.Timeout | undefined
  const saveNow = (): void => {
    timer = undefined
    save(db, saved)
  }
  return storeOver({
    async run(batch) {
      timer ??= setTimeout(saveNow, lateMs)
      return engine.run(batch)
    },
    async close() {
      clearTimeout(timer)
      saveNow()
      db.close()
    },
  })
}

function save(db: Database, saved: string): void {
  const draft = `${saved}.draft`
  rmSync(draft, { force: true })
  db.prepare('VACUUM INTO ?').run(draft)
  renameSync(draft, saved)
}
