import { rewriteText } from '../../portable.ts'
import type { Database } from '../sqlite.ts'

const batchSize = 1_000

/** Gives a stream another name, in one transaction with its entries' texts; false where that name is taken. */
export function streamRenaming(db: Database): (workspaceId: string, from: string, to: string) => boolean {
  const find = db.prepare<{ n: number }>('SELECT n FROM streams WHERE workspace_id = ? AND stream = ?')
  const rename = db.prepare('UPDATE OR IGNORE streams SET stream = ? WHERE n = ?')
  const next = db.prepare<{ seq: number; text: string }>(
    'SELECT seq, text FROM entries WHERE stream_n = ? AND seq > ? ORDER BY seq LIMIT ?',
  )
  const rewrite = db.prepare('UPDATE entries SET text = ? WHERE stream_n = ? AND seq = ?')

  const renameParent = db.prepare('UPDATE threads SET parent = ? WHERE workspace_id = ? AND parent = ?')

  function rewriteAll(n: number, stream: string): void {
    for (let last = 0; ; ) {
      const rows = next.all(n, last, batchSize)
      for (const { seq, text } of rows) rewrite.run(rewriteText(text, { stream }), n, seq)
      if (rows.length < batchSize) return
      last = rows.at(-1)?.seq ?? last
    }
  }

  return (workspaceId, from, to) => {
    const stream = find.get(workspaceId, from)
    if (!stream || Number(rename.run(to, stream.n).changes) === 0) return false
    rewriteAll(stream.n, to)
    renameParent.run(to, workspaceId, from)
    return true
  }
}
