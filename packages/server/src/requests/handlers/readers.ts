import { hasMembers, limits, type Reader, type ReaderRequests, streamOwner } from '@dowellchat/protocol'
import { usersOf } from '../../delivery/audience.ts'
import { hasReceipts, receiptsOf, secretReaders } from '../../delivery/receipts.ts'
import { readerOf, shownReaders } from '../../delivery/shown-readers.ts'
import { RequestError } from '../../errors.ts'
import { newReaderRow } from '../../stores/fields/readers.ts'
import type { ReaderRow, StreamKey } from '../../stores/store.ts'
import { isoNow } from '../../time.ts'
import type { Context, Handlers } from '../handler.ts'
import { readableStream } from './stream-access.ts'

export const readerHandlers: Handlers<ReaderRequests> = {
  async mark_read({ stream, nth }, context) {
    const key = await readableStream(stream, context)
    return nth === 0 ? markOf(context, key) : mark(context, key, nth, false)
  },

  async mark_unread({ stream, nth }, context) {
    return mark(context, await readableStream(stream, context), Math.max(nth - 1, 0), true)
  },

  async get_receipts({ stream, of = 0 }, context) {
    const key = await readableStream(stream, context)
    const none = { receipts: [], count: null }
    if (!hasReceipts(stream) || !context.workspace?.receipts || (await isSecret(context))) return none
    const rows = await context.store.readers.ofStream(key.workspace_id, stream, {
      limit: limits.room_members,
    })
    const others = rows.filter(({ user_id }) => !context.session.user_ids.includes(user_id))
    const isNamed = rows.length <= limits.receipt_users
    const read = others.filter(({ read_nth }) => read_nth > 0 && (isNamed || read_nth >= of))
    const told = await withoutSecret(context, read)
    return isNamed ? { receipts: receiptsOf(told), count: null } : { receipts: [], count: told.length }
  },
}

/** A mark of 0 moves nothing and stores nothing: its answer says how far the session's user is. */
async function markOf(context: Context, key: StreamKey): Promise<Reader> {
  const { store, session } = context
  const { workspace_id, user_ids } = session
  const [end] = await store.streams.ends([key])
  if (!end) throw new RequestError('not_found', `${key.stream} does not exist`)
  const { head } = end
  const known = await store.readers.get(workspace_id, user_ids, key.stream)
  // Who comes to a room has read what was there; nobody comes to a ticket or a thread before they have looked at it.
  const at = streamOwner(key.stream).kind === 'room' ? head : { nth: 0, seq: 0 }
  const row = known ?? { ...newReaderRow({ user_ids, stream: key.stream, at: isoNow() }, at), version: 0 }
  return shownReader(context, row, head.nth)
}

/** Sets the session's user's mark, and tells their devices, and others of what they have read. */
async function mark(context: Context, key: StreamKey, nth: number, is_unread: boolean): Promise<Reader> {
  const { store, session, notify, receipts } = context
  const { workspace_id, user_ids } = session
  const { stream } = key
  const [end] = await store.streams.ends([key])
  if (!end) throw new RequestError('not_found', `${stream} does not exist`)
  const { head } = end
  const at = Math.min(nth, head.nth)
  // A member has the room on their list, whatever has become of their row.
  const is_listed = hasMembers(streamOwner(stream).id)
  const place = { nth: at, seq: at === head.nth ? head.seq : at, at: isoNow() }
  const [marked] = await store.readers.mark(workspace_id, [
    { user_ids, stream, ...place, is_listed, is_unread },
  ])
  if (!marked) throw new RequestError('internal', 'The server made a mistake. Try again.')
  const { reader: row, was } = marked
  const reader = await shownReader(context, row, head.nth)
  if (was !== row.nth) notify(usersOf(workspace_id, user_ids), 'reader_changed', { data: reader })
  if (!is_unread && row.read_at === place.at) receipts.note(key, row.user_id)
  return reader
}

/** What is unread is counted only where there is something after the mark. */
async function shownReader({ store, session }: Context, row: ReaderRow, headNth: number): Promise<Reader> {
  if (row.nth >= headNth) return readerOf(row, 0, 0)
  const { workspace_id, user_ids } = session
  const [shown] = await shownReaders(store, workspace_id, [{ row, user_ids }])
  return shown?.reader ?? readerOf(row, 0, 0)
}

/** Whether the session's user keeps it to themselves how far they have read; then they learn it of nobody. */
async function isSecret({ store, session }: Context): Promise<boolean> {
  return (await secretReaders(store, session.workspace_id, session.user_ids)).size > 0
}

async function withoutSecret({ store, session }: Context, rows: readonly ReaderRow[]): Promise<ReaderRow[]> {
  const ids = rows.map(({ user_id }) => user_id)
  const secret = await secretReaders(store, session.workspace_id, ids)
  return rows.filter(({ user_id }) => !secret.has(user_id))
}
