import {
  hasMembers,
  type ListedRoom,
  limits,
  type Message,
  type RoomRequests,
  roomStream,
  streamOwner,
} from '@dowellchat/protocol'
import { usersOf } from '../../delivery/audience.ts'
import { openRoom } from '../../delivery/open-room.ts'
import { type OwnReader, type ShownReader, shownReaders } from '../../delivery/shown-readers.ts'
import { RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import { isAllowedRoom } from '../../identity/permissions.ts'
import type { Membership, ReaderRow, StreamKey } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { requireMembership, roomKey, roomNotFound } from './room-access.ts'

const defaultRooms = 50
/** How many rooms the sum of what is unread looks at. */
const summedRooms = 100
/** About what a room takes in an answer, without its last message. */
const roomBytes = 800

type ListRequest = 'get_rooms' | 'keep_room' | 'get_unread'

/** A room of a list: its reader, and what they are in it; null for open rooms. */
interface OwnRoom {
  readonly row: ReaderRow
  readonly id: string
  readonly membership: Membership | null
}

/** The rooms of one's list. */
export const roomListHandlers: Pick<Handlers<RoomRequests>, ListRequest> = {
  async get_rooms({ before, limit = defaultRooms, is_archived = false }, context) {
    const { session, store } = context
    let after = before === undefined ? undefined : roomStream(before)
    for (;;) {
      const filter = {
        user_ids: session.user_ids,
        is_archived,
        limit,
        ...(after !== undefined && { before: after }),
      }
      const { readers, more } = await store.readers.list(session.workspace_id, filter)
      const rooms = await showRooms(context, await ownRooms(context, readers))
      if (rooms.length > 0 || !more) return fittingAnswer(context, rooms, more)
      // None of them is shown: all are of rooms that are not the session's.
      after = readers.findLast(({ stream }) => !hasMembers(streamOwner(stream).id))?.stream ?? after
    }
  },

  async keep_room({ room, ...change }, context) {
    const { session, store, notify } = context
    const { workspace_id, user_ids } = session
    if (hasMembers(room)) await requireMembership(context, room)
    const keeping = {
      user_ids,
      stream: roomStream(room),
      change: named(change),
      most_pinned: limits.pinned_rooms,
    }
    const row = await store.readers.keep(workspace_id, keeping)
    if (row === null) throw hasMembers(room) ? roomNotFound(room) : notListed(room)
    if (row === 'limit')
      throw new RequestError(
        'limit_reached',
        `You have pinned ${limits.pinned_rooms} rooms, which is the most you may pin`,
      )
    const [shown] = await shownReaders(store, workspace_id, [{ row, user_ids }])
    const { reader } = shown as ShownReader
    notify(usersOf(workspace_id, user_ids), 'reader_changed', { data: reader })
    return reader
  },

  async get_unread(_payload, context) {
    const { session, store } = context
    const { workspace_id, user_ids } = session
    const filter = { user_ids, is_archived: false, limit: summedRooms }
    const { readers, more } = await store.readers.list(workspace_id, filter)
    const heard = readers.filter(({ is_muted }) => !is_muted)
    const own = (await ownRooms(context, heard)).map(({ row }): OwnReader => ({ row, user_ids }))
    const shown = (await shownReaders(store, workspace_id, own)).map(({ reader }) => reader)
    return {
      unread: shown.reduce((sum, { unread }) => sum + unread, 0),
      mentions: shown.reduce((sum, { mentions }) => sum + mentions, 0),
      rooms: shown.filter(({ unread }) => unread > 0).length,
      more,
    }
  },
}

/** Open rooms are always there; only their row in the list is written behind the join. */
function notListed(room: string): RequestError {
  return new RequestError(
    'not_found',
    `Room ${room} is not in your list. If you have just joined it, try again in a second.`,
  )
}

/** Takes an open room off the session's user's list, and ends the subscription of the connection. */
export async function leaveOpenRoom(context: Context, key: StreamKey): Promise<void> {
  await context.streams.leave(key, context.connection)
  await unlist(context, key)
}

/** Takes an open room off the session's user's list. */
export async function unlist(context: Context, key: StreamKey): Promise<void> {
  const { session, connection, roomActivity, notify } = context
  if (isAnonymous(session) || hasMembers(streamOwner(key.stream).id)) return
  connection.unwatchRooms(({ stream }) => stream !== key.stream)
  await roomActivity.left(key, session.user_ids)
  const nothing = { nth: 0, unread: 0, mentions: 0, is_muted: false, is_pinned: false, is_archived: false }
  const data = { stream: key.stream, ...nothing, version: 0 }
  notify(usersOf(key.workspace_id, session.user_ids), 'reader_changed', { data, is_listed: false })
}

/** What is named in a payload. */
function named<Change extends object>(
  change: Change,
): { [K in keyof Change]?: Exclude<Change[K], undefined> } {
  const all = Object.entries(change).filter(([, value]) => value !== undefined)
  // Without the fields that are undefined.
  return Object.fromEntries(all) as { [K in keyof Change]?: Exclude<Change[K], undefined> }
}

/**
 * Those of the rows whose rooms the session may use, and that can be read. Rows of rooms that one is no longer in are removed.
 */
async function ownRooms(context: Context, rows: readonly ReaderRow[]): Promise<OwnRoom[]> {
  const { session, store } = context
  const all = rows.map((row) => ({ row, id: streamOwner(row.stream).id }))
  const { memberships, damaged } = await membershipsIn(
    context,
    all.map(({ id }) => id),
  )
  const gone = all.filter(({ id }) => hasMembers(id) && !memberships.has(id) && !damaged.includes(id))
  for (const { row } of gone) await store.readers.remove(session.workspace_id, row.stream, [row.user_id])
  return all.flatMap(({ row, id }) => {
    const membership = memberships.get(id) ?? null
    const isOwn = membership !== null || (!hasMembers(id) && isAllowedRoom(id, session))
    return isOwn ? [{ row, id, membership }] : []
  })
}

/** What the session is in those of some rooms that have members, by their ids; and those that cannot be read. */
async function membershipsIn(
  { session, store }: Context,
  ids: readonly string[],
): Promise<{ memberships: ReadonlyMap<string, Membership>; damaged: readonly string[] }> {
  const withMembers = ids.filter(hasMembers)
  if (withMembers.length === 0) return { memberships: new Map(), damaged: [] }
  const { workspace_id, user_ids } = session
  const { found, damaged } = await store.rooms.memberships(workspace_id, withMembers, user_ids)
  return { memberships: new Map(found.map((membership) => [membership.room._id, membership])), damaged }
}

/** The rooms as the list shows them, whose activity the connection is told of from now on. */
async function showRooms(context: Context, rooms: readonly OwnRoom[]): Promise<ListedRoom[]> {
  const { session, store, connection, listedRooms } = context
  const { workspace_id, user_ids } = session
  connection.watchRooms(rooms.map(({ id }) => roomKey(session, id)))
  const shown = await shownReaders(
    store,
    workspace_id,
    rooms.map(({ row }) => ({ row, user_ids })),
    { withLast: true },
  )
  for (const { reader, end } of shown)
    listedRooms.shown({ workspace_id, stream: reader.stream }, end?.head.seq ?? 0)
  // Again, since a membership may have ended while the socket was subscribed.
  const { memberships: still } = await membershipsIn(
    context,
    rooms.map(({ id }) => id),
  )
  const isGone = (id: string) => hasMembers(id) && !still.has(id)
  const gone = new Set(rooms.filter(({ id }) => isGone(id)).map(({ row }) => row.stream))
  if (gone.size > 0) connection.unwatchRooms(({ stream }) => !gone.has(stream))
  return rooms.flatMap((room, at) => (isGone(room.id) ? [] : [listedRoom(room, shown[at] as ShownReader)]))
}

function listedRoom({ row, id, membership }: OwnRoom, { reader, end }: ShownReader): ListedRoom {
  // The store makes the text of a message.
  const last = end?.last ? (JSON.parse(end.last) as Message) : null
  return {
    ...(membership?.room ?? openRoom(id)),
    head: end?.head ?? { seq: 0, nth: 0, id: null },
    last,
    // What the row says may lag behind the stream.
    active_at: last && last.created_at > row.active_at ? last.created_at : row.active_at,
    peers: membership?.room.kind === 'direct' ? [...membership.peers] : null,
    reader,
  }
}

/** As many rooms from the first on as fit an answer. */
function fittingAnswer(
  { connection }: Context,
  rooms: readonly ListedRoom[],
  more: boolean,
): { rooms: ListedRoom[]; more: boolean } {
  let bytes = 0
  const end = rooms.findIndex(({ last }, at) => {
    bytes += roomBytes + (last ? Buffer.byteLength(JSON.stringify(last)) : 0)
    return at > 0 && bytes > limits.page_bytes
  })
  if (end < 0) return { rooms: [...rooms], more }
  const left = new Set(rooms.slice(end).map(({ reader }) => reader.stream))
  connection.unwatchRooms(({ stream }) => !left.has(stream))
  return { rooms: rooms.slice(0, end), more: true }
}
