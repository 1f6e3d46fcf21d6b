import type { MessageRow, SentRow } from '@dowellchat/client'
import { isStored } from './conversation-context.ts'

/** What somebody wrote last themselves. */
export function lastOwn(rows: readonly MessageRow[]): SentRow | null {
  return (
    rows.findLast((row): row is SentRow => isStored(row) && row.isOwn && row.message.kind === 'text') ?? null
  )
}
