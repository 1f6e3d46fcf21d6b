import type { Message } from '@dowellchat/protocol'
import { readIndexable, termsOfMessage } from '../../../search/content.ts'
import { termsVersion } from '../../../search/terms.ts'
import { numberOf } from '../../names-as-numbers.ts'
import { timeOf } from '../../removal.ts'
import type { EmbeddedLog } from '../logs.ts'
import { type Database, isCorruption } from '../sqlite.ts'
import type { Place } from './places.ts'

/** A message in the index. `n` is its place among all, by the time in its id. */
interface SearchedRow extends Place {
  readonly n: number
}

/** A message as its row in the log has it. */
export interface LoggedMessage {
  readonly seq: number
  readonly author: string
  readonly text: string
}

/** The index itself. Every method runs in the transaction of what it follows. */
export interface Words {
  /** Whether it was made by this version's terms, and can be read; `reset` makes it so. */
  isCurrent(): boolean
  reset(): void
  /** How many messages are in it. */
  count(): number
  /** Adds messages of a stream, in their order. */
  add(log: EmbeddedLog, place: Place, messages: readonly LoggedMessage[]): void
  /** Takes a message out, if it is in. @param message as it was when it was added */
  remove(log: EmbeddedLog, message: LoggedMessage): void
  /** Takes out a stream's messages up to a seq, at most so many; answers how many. */
  removeAll(
    workspaceId: string,
    some: { readonly n: number; readonly to: number; readonly most: number },
  ): number
  /** Merges some of the parts that the index has come in; answers whether there may be more to merge. */
  merge(): boolean
  /** Drops what is in memory, after a rollback. */
  forget(): void
}

/** So many messages of one millisecond have places of their own. */
const placesOfMillisecond = 2_048
/** How many pages of the index one step merges; appends wait for it. */
const pagesOfMerge = 25

/** The names of what is no word: no word has a low line. */
export const termOf = {
  place: (n: number): string => `_s${n.toString(36)}`,
  tickets: (tenant: number): string => `_t${tenant.toString(36)}`,
  customer: (customer: number): string => `_c${customer.toString(36)}`,
  author: (workspaceId: string, author: string): string => `_a${numberOf(workspaceId, author).toString(36)}`,
}

/**
 * Terms in SQLite's own index of texts, which keeps which message has which term, and nothing else. To take a message out it
 * is given the same terms again: they are made of the message's row, before that changes.
 */
export function embeddedWords(db: Database): Words {
  const version = db.prepare<{ version: string }>('SELECT version FROM search_version')
  const countAll = db.prepare<{ count: number }>('SELECT count(*) AS count FROM searched')
  const addTerms = db.prepare('INSERT INTO search_terms (rowid, terms) VALUES (?, ?)')
  const removeTerms = db.prepare(
    "INSERT INTO search_terms (search_terms, rowid, terms) VALUES ('delete', ?, ?)",
  )
  const lastIn = db.prepare<{ n: number | null }>('SELECT max(n) AS n FROM searched WHERE n BETWEEN ? AND ?')
  const addRow = db.prepare(
    'INSERT INTO searched (n, stream_n, seq, tenant, place_n, customer) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const rowAt = db.prepare<SearchedRow>(
    'SELECT n, tenant, place_n, customer FROM searched WHERE stream_n = ? AND seq = ?',
  )
  const rowsUpTo = db.prepare<SearchedRow & { author: string | null; text: string | null }>(
    `SELECT s.n, s.tenant, s.place_n, s.customer, e.author, e.text FROM searched AS s
     LEFT JOIN entries AS e ON e.stream_n = s.stream_n AND e.seq = s.seq
     WHERE s.stream_n = ? AND s.seq <= ? ORDER BY s.seq LIMIT ?`,
  )
  const removeRow = db.prepare('DELETE FROM searched WHERE n = ?')
  const mergeSome = db.prepare(
    `INSERT INTO search_terms (search_terms, rank) VALUES ('merge', ${pagesOfMerge})`,
  )
  const changes = db.prepare<{ count: number }>('SELECT total_changes() AS count')
  let counted: number | undefined

  const isCurrent = (): boolean => version.get()?.version === termsVersion

  function count(by = 0): number {
    counted = (counted ?? countAll.get()?.count ?? 0) + by
    return Math.max(counted, 1)
  }

  /** The first place that is free from a time on. */
  function placeAt(ms: number): number {
    for (let from = ms * placesOfMillisecond; ; from += placesOfMillisecond) {
      const last = lastIn.get(from, from + placesOfMillisecond - 1)?.n ?? from - 1
      if (last < from + placesOfMillisecond - 1) return last + 1
    }
  }

  /** A damaged index keeps nothing from being removed: it is made anew at the next start. */
  function takeOut(row: SearchedRow, terms: string): void {
    removeRow.run(row.n)
    count(-1)
    if (terms === '' || !isCurrent()) return
    try {
      removeTerms.run(row.n, terms)
    } catch (error) {
      if (!isCorruption(error)) throw error
      db.exec("UPDATE search_version SET version = ''")
    }
  }

  return {
    isCurrent,
    count,

    reset() {
      db.exec(`INSERT INTO search_terms (search_terms) VALUES ('delete-all');
        DELETE FROM searched; DELETE FROM search_cursors; DELETE FROM search_states;
        UPDATE search_version SET version = '${termsVersion}'`)
      counted = 0
    },

    add({ n: streamN, key }, place, messages) {
      for (const message of messages) {
        const read = readIndexable(message.text)
        const terms = read ? termsIn(key.workspace_id, place, message.author, read) : ''
        if (!read || terms === '') continue
        const n = placeAt(timeOf(read._id) || Date.parse(read.created_at) || 0)
        addTerms.run(n, terms)
        addRow.run(n, streamN, message.seq, place.tenant, place.place_n, place.customer)
        count(1)
      }
    },

    remove({ n, key }, { seq, author, text }) {
      const row = rowAt.get(n, seq)
      const read = row && readIndexable(text)
      if (row) takeOut(row, read ? termsIn(key.workspace_id, row, author, read) : '')
    },

    removeAll(workspaceId, { n, to, most }) {
      const rows = rowsUpTo.all(n, to, most)
      for (const row of rows) {
        const read = readIndexable(row.text ?? '')
        takeOut(row, read ? termsIn(workspaceId, row, row.author ?? '', read) : '')
      }
      return rows.length
    },

    merge() {
      const before = changes.get()?.count ?? 0
      mergeSome.run()
      // As SQLite says it: the statement itself counts as one.
      return (changes.get()?.count ?? 0) - before >= 2
    },

    forget() {
      counted = undefined
    },
  }
}

function termsIn(workspaceId: string, place: Place, author: string, message: Message): string {
  const words = termsOfMessage(message)
  if (words.length === 0) return ''
  const { tenant, place_n, customer } = place
  const tickets = customer === null ? [] : [termOf.tickets(tenant), termOf.customer(customer)]
  return [...words, termOf.place(place_n), termOf.author(workspaceId, author), ...tickets].join(' ')
}
