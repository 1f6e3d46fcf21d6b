import { limits } from '@dowellchat/protocol'
import type { EntryRow } from '../fields/streams.ts'
import type { MessageDraft } from '../store.ts'
import type { EmbeddedLog } from './logs.ts'
import type { Database } from './sqlite.ts'

/** Counts mentions in the table that the triggers of entries keep. */
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

/** Whether a draft has values for columns that plain messages leave out. */
export function isLinked({ reply_seq, mentioned }: MessageDraft): boolean {
  return reply_seq !== undefined || (mentioned !== undefined && mentioned.length > 0)
}

/** The column's text; null where nobody is mentioned. */
export function mentionedText({ mentioned }: Partial<Pick<EntryRow, 'mentioned'>>): string | null {
  return mentioned && mentioned.length > 0 ? JSON.stringify(mentioned) : null
}

/** What `mentionedText` has made of a row's field. */
export function mentionedIn({ mentioned }: { readonly mentioned: string | null }): EntryRow['mentioned'] {
  return mentioned === null ? null : (JSON.parse(mentioned) as string[])
}
