import type { KnownEnd, StreamStore } from '../store.ts'
import { finding } from './finding.ts'
import type { EntryDocument, Logs } from './logs.ts'
import type { Where } from './where.ts'

/** Looks for the entry after each known one. */
export function mongoGrown({ entries }: Pick<Logs, 'entries'>): StreamStore['grown'] {
  const { findAny } = finding(entries, [
    nextOf({ workspace_id: '', stream: 'one', seq: 0 }),
    nextOf({ workspace_id: '', stream: 'other', seq: 0 }),
  ])
  return (known) => findAny(known.map(nextOf), ['workspace_id', 'stream'])
}

function nextOf({ workspace_id, stream, seq }: KnownEnd): Where<EntryDocument> {
  return { workspace_id, stream, seq: seq + 1 }
}
