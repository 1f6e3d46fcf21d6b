import {
  hasMembers,
  type PayloadOf,
  roomStream,
  type Session,
  streamOwner,
  ticketStream,
} from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { isAnonymous } from '../../identity/anonymous.ts'
import { isAllowedRoom } from '../../identity/permissions.ts'
import { mostPlaces, type SearchPlaces } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { readableStream } from './stream-access.ts'

const noTickets: SearchPlaces['tickets'] = { customers: [] }

/** Where a session searches: in what it names, or in its rooms and all tickets that it may read. */
export async function searchPlaces(
  { rooms, tickets }: Pick<PayloadOf<'search'>, 'rooms' | 'tickets'>,
  context: Context,
): Promise<SearchPlaces> {
  const { session, right } = context
  if (rooms || tickets) {
    const streams = [...(rooms ?? []).map(roomStream), ...(tickets ?? []).map(ticketStream)]
    for (const stream of streams) {
      if (!isOpenTo(stream, session)) throw new RequestError('not_found', `${stream} does not exist`)
      await readableStream(stream, context)
    }
    return { streams, tickets: noTickets }
  }
  return {
    streams: await ownRooms(context),
    tickets: right === 'all' ? 'all' : { customers: session.user_ids },
  }
}

/**
 * The rooms that the connection has joined, then those of the list, of these those first that are not archived: as many as one
 * search looks in. A room comes to the list behind its join.
 */
async function ownRooms({ session, store, connection }: Context): Promise<string[]> {
  if (isAnonymous(session)) return []
  const { workspace_id, user_ids } = session
  const joined = connection.subscriptions.map(({ stream }) => stream)
  const streams = new Set(joined.filter((stream) => streamOwner(stream).kind === 'room').slice(0, mostPlaces))
  for (const is_archived of [false, true]) {
    if (streams.size === mostPlaces) break
    // The first ones of the list are mostly joined.
    const { readers } = await store.readers.list(workspace_id, { user_ids, is_archived, limit: mostPlaces })
    for (const { stream } of readers) if (streams.size < mostPlaces) streams.add(stream)
  }
  // Memberships are looked at when something is found.
  return [...streams].filter((stream) => isOpenTo(stream, session))
}

/** Whether a session may know of an open room; of other streams nothing is said here. */
function isOpenTo(stream: string, session: Session): boolean {
  const { kind, id } = streamOwner(stream)
  return kind !== 'room' || hasMembers(id) || isAllowedRoom(id, session)
}

/** The streams of these that the session may read now. */
export async function readableAmong(
  streams: readonly string[],
  context: Context,
): Promise<ReadonlySet<string>> {
  const parents = new Map<string, string>()
  for (const stream of new Set(streams)) {
    const parent = await parentOf(stream, context)
    if (parent !== undefined) parents.set(stream, parent)
  }
  const owners = [...new Set(parents.values())].map(streamOwner)
  const readable = new Set([
    ...(await readableRooms(
      owners.flatMap(({ kind, id }) => (kind === 'room' ? id : [])),
      context,
    )),
    ...(await readableTickets(
      owners.flatMap(({ kind, id }) => (kind === 'ticket' ? id : [])),
      context,
    )),
  ])
  return new Set([...parents].filter(([, parent]) => readable.has(parent)).map(([stream]) => stream))
}

/** The room or ticket that a stream belongs to. */
async function parentOf(stream: string, { session, threads }: Context): Promise<string | undefined> {
  const { kind, id } = streamOwner(stream)
  if (kind !== 'thread') return stream
  return (await threads.find(session.workspace_id, id))?.parent
}

async function readableRooms(rooms: readonly string[], { session, store }: Context): Promise<string[]> {
  const withMembers = rooms.filter(hasMembers)
  const open = rooms.filter((room) => !hasMembers(room) && isAllowedRoom(room, session))
  const memberships =
    withMembers.length === 0
      ? []
      : (await store.rooms.memberships(session.workspace_id, withMembers, session.user_ids)).found
  return [...open, ...memberships.map(({ room }) => room._id)].map(roomStream)
}

async function readableTickets(
  ids: readonly string[],
  { session, right, store }: Context,
): Promise<string[]> {
  if (ids.length === 0) return []
  const tickets = await store.tickets.getSome(session.workspace_id, ids)
  const own = tickets.filter(({ user_id }) => right === 'all' || session.user_ids.includes(user_id))
  return own.map(({ _id }) => ticketStream(_id))
}
