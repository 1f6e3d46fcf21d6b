import { hasMembers, streamOwner } from '@dowellchat/protocol'
import { anonymousPrefix } from '../identity/anonymous.ts'
import type { ReaderRow, Store, StreamKey } from '../stores/store.ts'

/** Somebody who reads a stream, and how far they have. */
export interface StreamReader {
  readonly user_id: string
  /** All of their ids that are known here. */
  readonly user_ids: readonly string[]
  readonly mark: { readonly nth: number; readonly seq: number }
}

type Parts = Pick<Store, 'readers' | 'tickets' | 'threads' | 'rooms' | 'aliases'>

/** Of streams with more readers nobody is told. */
const mostReaders = 1_000
const unread = { nth: 0, seq: 0 }

/** Who reads a stream and has not muted it: of a room, who has it in their list; of a ticket, its customer and its line manager. */
export async function readersOf(store: Parts, key: StreamKey): Promise<StreamReader[]> {
  const { kind, id } = streamOwner(key.stream)
  if (kind === 'room') return currentReaders(store, key, await roomReaders(store, key))
  if (kind === 'ticket') return currentReaders(store, key, await ticketReaders(store, key, id))
  if (kind === 'thread') return currentReaders(store, key, await threadReaders(store, key, id))
  return []
}

async function rowsOf({ readers }: Parts, { workspace_id, stream }: StreamKey): Promise<ReaderRow[]> {
  const rows = await readers.ofStream(workspace_id, stream, { limit: mostReaders + 1 })
  return rows.length > mostReaders ? [] : rows
}

async function roomReaders(store: Parts, key: StreamKey): Promise<StreamReader[]> {
  return (await rowsOf(store, key)).filter(({ is_listed, is_muted }) => is_listed && !is_muted).map(readerOf)
}

async function ticketReaders(store: Parts, key: StreamKey, id: string): Promise<StreamReader[]> {
  const ticket = await store.tickets.get(key.workspace_id, id)
  if (!ticket) return []
  const people = [ticket.user_id, ...(ticket.line_manager === null ? [] : [ticket.line_manager])]
  const user_ids = [...new Set(people)]
  const rows = await store.readers.ofStream(key.workspace_id, key.stream, {
    user_ids,
    limit: user_ids.length,
  })
  return user_ids.flatMap((user_id) => {
    const row = rows.find((one) => one.user_id === user_id)
    if (row?.is_muted) return []
    return row ? readerOf(row) : { user_id, user_ids: [user_id], mark: unread }
  })
}

/** Those who have read or written in the thread, and are still members of its room. */
async function threadReaders(store: Parts, key: StreamKey, id: string): Promise<StreamReader[]> {
  const thread = await store.threads.get(key.workspace_id, id)
  if (!thread) return []
  const readers = (await rowsOf(store, key)).filter(({ is_muted }) => !is_muted).map(readerOf)
  const owner = streamOwner(thread.parent)
  if (owner.kind !== 'room' || !hasMembers(owner.id)) return readers
  const members = new Set(await store.rooms.memberIds(key.workspace_id, owner.id))
  return readers.filter(({ user_id }) => members.has(user_id))
}

function readerOf({ user_id, nth, seq }: ReaderRow): StreamReader {
  return { user_id, user_ids: [user_id], mark: { nth, seq } }
}

/** Guests who have become users are these users; who then has two marks has read up to the higher one. */
async function currentReaders(
  { aliases }: Parts,
  { workspace_id }: StreamKey,
  readers: readonly StreamReader[],
): Promise<StreamReader[]> {
  const byUser = new Map<string, StreamReader>()
  for (const reader of readers) {
    const alias = reader.user_id.startsWith(anonymousPrefix)
      ? await aliases.get(workspace_id, reader.user_id)
      : null
    const user_id = alias?.user_id ?? reader.user_id
    const known = byUser.get(user_id)
    const user_ids = [...new Set([user_id, ...reader.user_ids, ...(known?.user_ids ?? [])])]
    const mark = known && known.mark.nth > reader.mark.nth ? known.mark : reader.mark
    byUser.set(user_id, { user_id, user_ids, mark })
  }
  return [...byUser.values()]
}
