import { limits } from '@dowellchat/protocol'
import type { EntryRow } from '../fields/streams.ts'
import type { MessageDraft } from '../store.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Counts mentions in their table. */
export function embeddedMentions(
  db: Database,
): (log: EmbeddedLog, userIds: readonly string[], nth: number) => number {
  const counted = db.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT DISTINCT nth FROM mentions
       WHERE stream_n = ? AND user_id IN (SELECT value FROM json_each(?)) AND nth > ? LIMIT ?
     )`,
  )
  return ({ n }, userIds, nth) =>
    counted.get(n, JSON.stringify(userIds), nth, limits.unread_counted)?.count ?? 0
}

/** Notes whom a message mentions, when it is inserted; what becomes of it later the triggers of entries see. */
export function mentionRows(db: Database): (n: number, row: Pick<EntryRow, 'nth'> & Mentioning) => void {
  const insert = db.prepare(
    'INSERT OR IGNORE INTO mentions (stream_n, user_id, nth) SELECT ?, value, ? FROM json_each(?)',
  )
  return (n, row) => {
    const mentioned = mentionedText(row)
    if (mentioned !== null) insert.run(n, row.nth, mentioned)
  }
}

/** What mentions somebody, or nobody. */
type Mentioning = { readonly mentioned?: EntryRow['mentioned'] | undefined }

/** Whether a draft has values for columns that plain messages leave out. */
export function isLinked({ reply_seq, mentioned }: MessageDraft): boolean {
  return reply_seq !== undefined || (mentioned !== undefined && mentioned.length > 0)
}

/** The column's text; null where nobody is mentioned. */
export function mentionedText({ mentioned }: Mentioning): string | null {
  return mentioned && mentioned.length > 0 ? JSON.stringify(mentioned) : null
}

/** What `mentionedText` has made of a row's field. */
export function mentionedIn({ mentioned }: { readonly mentioned: string | null }): EntryRow['mentioned'] {
  return mentioned === null ? null : (JSON.parse(mentioned) as string[])
}
