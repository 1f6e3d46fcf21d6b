import type { Keeping, NewReader, ReaderRow, ReadMark } from '../domains/readers.ts'
import { newId } from '../ids.ts'
import { boolean, type Fields, integer, orNull, text } from './field.ts'

export const readerFields: Fields<ReaderRow> = {
  _id: text,
  user_id: text,
  stream: text,
  nth: integer,
  seq: integer,
  read_nth: integer,
  read_at: text,
  lowered_at: orNull(text),
  lowered_nth: integer,
  is_muted: boolean,
  is_pinned: boolean,
  is_archived: boolean,
  is_listed: boolean,
  active_at: text,
  version: integer,
}

/** The row of somebody who comes to a stream. @param end where it ends */
export function newReaderRow(
  { user_ids, stream, at }: Pick<NewReader, 'user_ids' | 'stream' | 'at'>,
  end: { readonly nth: number; readonly seq: number },
): ReaderRow {
  return {
    _id: newId(),
    user_id: user_ids[0] ?? '',
    stream,
    nth: end.nth,
    seq: end.seq,
    read_nth: 0,
    read_at: at,
    lowered_at: null,
    lowered_nth: 0,
    is_muted: false,
    is_pinned: false,
    is_archived: false,
    is_listed: true,
    active_at: at,
    version: 1,
  }
}

/** The row of somebody whose first mark in a stream is set. */
export function firstMarkRow(mark: ReadMark): ReaderRow {
  const { nth, seq, is_listed } = mark
  const { is_unread = false, at } = mark
  const row = newReaderRow(mark, { nth, seq })
  return {
    ...row,
    read_nth: is_unread ? 0 : nth,
    lowered_at: is_unread ? at : null,
    lowered_nth: nth,
    is_listed,
  }
}

type Changes = { -readonly [K in keyof ReaderRow]?: ReaderRow[K] }

/** What a mark changes in a row; undefined where it changes nothing. */
export function markChanges(row: ReaderRow, mark: ReadMark): Changes | undefined {
  const changes: Changes = {}
  const { nth, seq, at, is_listed, is_unread = false } = mark
  const isLate = row.lowered_at !== null && at < row.lowered_at
  const raisedTo = isLate ? Math.min(nth, row.lowered_nth) : nth
  // All of these are below every message after the higher of the two marks.
  if (raisedTo > row.nth && !is_unread)
    Object.assign(changes, { nth: raisedTo, seq: Math.max(row.seq, isLate ? raisedTo : seq) })
  if (is_unread && (nth < row.nth || !isLate)) Object.assign(changes, { lowered_at: at, lowered_nth: nth })
  if (nth < row.nth && is_unread) Object.assign(changes, { nth, seq: nth })
  if (nth > row.read_nth && !is_unread) Object.assign(changes, { read_nth: nth, read_at: at })
  if (is_listed && !row.is_listed) Object.assign(changes, { is_listed, active_at: later(at, row.active_at) })
  return raised(row, changes)
}

/** What somebody's coming changes in the row that they have; undefined where it changes nothing. */
export function enterChanges(row: ReaderRow, { at }: Pick<NewReader, 'at'>): Changes | undefined {
  return raised(row, row.is_listed ? {} : { is_listed: true, active_at: later(at, row.active_at) })
}

/** What somebody's wish changes in a row; undefined where it changes nothing. */
export function keepChanges(row: ReaderRow, { change }: Pick<Keeping, 'change'>): Changes | undefined {
  const changes: Changes = {}
  for (const name of ['is_muted', 'is_pinned', 'is_archived'] as const) {
    const wanted = change[name]
    if (wanted !== undefined && wanted !== row[name]) changes[name] = wanted
  }
  return raised(row, changes)
}

function later(a: string, b: string): string {
  return a < b ? b : a
}

function raised(row: ReaderRow, changes: Changes): Changes | undefined {
  return Object.keys(changes).length === 0 ? undefined : { ...changes, version: row.version + 1 }
}

/** Of rows of one person, the one of each stream that counts: that of their first id. */
export function ownRows(rows: readonly ReaderRow[], userIds: readonly string[]): Map<string, ReaderRow> {
  const rank = new Map(userIds.map((id, at) => [id, at]))
  const rankOf = ({ user_id }: ReaderRow) => rank.get(user_id) ?? userIds.length
  const own = new Map<string, ReaderRow>()
  for (const row of rows) {
    const known = own.get(row.stream)
    if (!known || rankOf(row) < rankOf(known)) own.set(row.stream, row)
  }
  return own
}

/** The order of a list: a row that comes before another is further up. */
export function listOrder(a: ReaderRow, b: ReaderRow): number {
  if (a.is_pinned !== b.is_pinned) return a.is_pinned ? -1 : 1
  if (a.active_at !== b.active_at) return a.active_at > b.active_at ? -1 : 1
  return a.stream > b.stream ? -1 : a.stream < b.stream ? 1 : 0
}

/** A page of the lists under each of a person's ids. @param found in each list, one more than the limit */
export function pageOfLists(
  found: readonly ReaderRow[],
  userIds: readonly string[],
  limit: number,
): { readers: ReaderRow[]; more: boolean } {
  const rows = [...ownRows(found, userIds).values()].sort(listOrder)
  return { readers: rows.slice(0, limit), more: rows.length > limit }
}
