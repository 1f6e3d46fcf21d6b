import { isoNow } from '../../time.ts'
import { changesAtOnce, renamedChange } from '../changes.ts'
import type { Change, ChangeStore, PlacedChange } from '../store.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

/** The log of what every server acts on. */
export function embeddedChanges(db: Database): Sync<ChangeStore> {
  const last = db.prepare<{ seq: number }>('SELECT seq FROM changes ORDER BY seq DESC LIMIT 1')
  const next = db.prepare<{ seq: number; body: string }>(
    'SELECT seq, body FROM changes WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const insert = db.prepare('INSERT INTO changes (seq, made_at, body) VALUES (?, ?, ?)')
  const oldest = db.prepare<{ seq: number; made_at: string }>(
    'SELECT seq, made_at FROM changes WHERE seq < ? ORDER BY seq LIMIT ?',
  )
  const update = db.prepare('UPDATE changes SET body = ? WHERE seq = ?')
  const remove = db.prepare('DELETE FROM changes WHERE seq <= ?')
  const head = (): number => last.get()?.seq ?? 0

  function after(seq: number): PlacedChange[] {
    // What `append` has written.
    const toChange = (body: string) => JSON.parse(body) as Change
    return next.all(seq, changesAtOnce).map(({ seq, body }) => ({ seq, change: toChange(body) }))
  }

  return {
    head,

    append(changes) {
      const made_at = isoNow()
      const from = head() + 1
      for (const [at, change] of changes.entries()) insert.run(from + at, made_at, JSON.stringify(change))
    },

    after,

    rename(workspaceId, renamed, from) {
      const placed = after(from)
      for (const { seq, change } of placed) {
        const changed = renamedChange(change, workspaceId, renamed)
        if (changed) update.run(JSON.stringify(changed), seq)
      }
      return placed.length < changesAtOnce ? null : (placed.at(-1)?.seq ?? null)
    },

    prune(before) {
      for (;;) {
        const old = oldest.all(head(), changesAtOnce)
        const kept = old.findIndex(({ made_at }) => made_at >= before)
        const end = (kept < 0 ? old : old.slice(0, kept)).at(-1)
        if (end) remove.run(end.seq)
        if (!end || kept >= 0 || old.length < changesAtOnce) return
      }
    },
  }
}
