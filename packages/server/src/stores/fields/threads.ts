import { type Thread, threadStream } from '@dowellchat/protocol'
import { isoNow } from '../../time.ts'
import type { ThreadRow } from '../domains/threads.ts'
import { type Fields, integer, text } from './field.ts'

export const threadFields: Fields<ThreadRow> = {
  _id: text,
  parent: text,
  parent_seq: integer,
  created_at: text,
}

export function newThread(thread: Omit<ThreadRow, 'created_at'>): ThreadRow {
  const { _id, parent, parent_seq } = thread
  return { _id, parent, parent_seq, created_at: isoNow() }
}

/** How many of a thread's last entries are looked at for its last messages. */
export const threadEntries = 50

const mostAuthors = 3

/** An entry of a thread's stream, as far as the thread shows it. */
export interface ThreadEntry {
  readonly nth: number
  /** Null for a message. */
  readonly type: string | null
  /** '' for nobody. */
  readonly author: string
  readonly created_at: string
}

/**
 * A thread with what its stream has.
 * @param entries the last ones, newest first
 * @param removed how many messages retention has removed
 */
export function threadOf(
  { _id, parent, parent_seq }: ThreadRow,
  entries: readonly ThreadEntry[],
  removed: number,
): Thread {
  const messages = entries.filter(({ type }) => type === null)
  const authors = messages.flatMap(({ author }) => (author === '' ? [] : author))
  return {
    _id,
    parent,
    parent_seq,
    count: entries[0]?.nth ?? removed,
    last_at: messages[0]?.created_at ?? null,
    last_authors: [...new Set(authors)].slice(0, mostAuthors),
  }
}

/** The names of the streams of threads. */
export function threadStreams(ids: readonly string[]): string[] {
  return ids.map(threadStream)
}
