import type { Behind, StreamKey } from '../../store.ts'
import type { BadPages } from '../bad-pages.ts'
import type { EmbeddedLog, Logs } from '../logs.ts'
import type { Database } from '../sqlite.ts'
import type { Places } from './places.ts'
import type { LoggedMessage, Words } from './words.ts'

/** How many entries one call looks at, and streams. It is little, since appends wait for the call to end. */
const entriesPerCall = 50
/** A longer one counts as several. */
const lettersOfEntry = 1_000
const streamsPerCall = 500

/** How far the streams are indexed. */
export interface Cursors {
  /** Whether an entry is behind its stream's cursor. */
  isIndexed(log: EmbeddedLog, seq: number): boolean
  index(keys: readonly StreamKey[]): StreamKey[]
  behind(workspaceId: string, from: string | null): Behind
}

interface Parts {
  readonly places: Places
  readonly words: Words
  readonly bads: BadPages
}

type LoggedEntry = LoggedMessage & { readonly type: string | null }

export function embeddedCursors(db: Database, logs: Logs, { places, words, bads }: Parts): Cursors {
  const cursor = db.prepare<{ seq: number }>('SELECT seq FROM search_cursors WHERE stream_n = ?')
  const move = db.prepare('INSERT OR REPLACE INTO search_cursors (stream_n, seq) VALUES (?, ?)')
  const following = db.prepare<LoggedEntry>(
    'SELECT seq, type, author, text FROM entries WHERE stream_n = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  )
  const streams = db.prepare<{ stream: string }>(
    'SELECT stream FROM streams WHERE workspace_id = ? AND stream > ? ORDER BY stream LIMIT ?',
  )

  const cursorOf = ({ n, pruned }: EmbeddedLog) => Math.max(cursor.get(n)?.seq ?? 0, pruned.seq)

  /** What cannot be read counts as no message. */
  function entriesAfter(log: EmbeddedLog, from: number, most: number): LoggedEntry[] {
    const to = bads.readableAfter(log, from)
    const limit = Math.min(most, to - from)
    const found = bads.read(log, { from, to, most: limit }, () => following.all(log.n, from, to, limit))
    return found.length > 0 ? found : [{ seq: Math.max(to, from + 1), type: 'damaged', author: '', text: '' }]
  }

  /** Indexes what follows a log's cursor; answers as how many entries that counts. */
  function indexLog(log: EmbeddedLog, most: number): number {
    const from = cursorOf(log)
    if (from >= log.head.seq) return 0
    let counted = 0
    const entries = entriesAfter(log, from, Math.ceil(most)).filter(({ text }) => {
      const isFirst = counted === 0
      counted += Math.max(1, text.length / lettersOfEntry)
      return isFirst || counted <= most
    })
    const messages = entries.filter(({ type }) => type === null)
    words.add(log, places.of(log), messages)
    move.run(log.n, entries.at(-1)?.seq ?? log.head.seq)
    return counted
  }

  function isBehind(log: EmbeddedLog | undefined): boolean {
    return log !== undefined && cursorOf(log) < log.head.seq
  }

  return {
    isIndexed: ({ n }, seq) => (cursor.get(n)?.seq ?? 0) >= seq,

    index(keys) {
      if (!words.isCurrent()) return [...keys]
      let left = entriesPerCall
      for (const key of keys) {
        const log = left > 0 ? logs.findWhole(key) : undefined
        if (log) left -= indexLog(log, left)
      }
      return keys.filter((key) => isBehind(logs.findWhole(key)))
    },

    behind(workspace_id, from) {
      const names = streams.all(workspace_id, from ?? '', streamsPerCall).map(({ stream }) => stream)
      const isLast = names.length < streamsPerCall
      return {
        streams: names.filter((stream) => isBehind(logs.findWhole({ workspace_id, stream }))),
        next: isLast ? null : (names.at(-1) ?? null),
      }
    },
  }
}
