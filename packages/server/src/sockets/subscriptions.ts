import { lineOwner, type Session } from '@dowellchat/protocol'
import { lineIn, placeIn, streamIn, streamOfRoom } from './dialects/dialect.ts'
import type { ChatSocket } from './socket.ts'

/** The socket.io rooms of the streams that a socket is subscribed to, the oldest subscription first. */
export function streamRooms(socket: ChatSocket): string[] {
  return [...socket.rooms].filter(streamOfRoom)
}

/** Whether a socket is subscribed to as many streams as it may be. */
export function hasAllStreams(socket: ChatSocket, most: number): boolean {
  // Most have few rooms of any kind, and these are not looked through.
  return socket.rooms.size > most && streamRooms(socket).length >= most
}

/** Ends a socket's oldest subscriptions to tickets, for V2's pages, which never leave one. */
export function dropOldestTickets(socket: ChatSocket, most: number): void {
  if (socket.rooms.size <= most) return
  const rooms = streamRooms(socket)
  const tickets = rooms.filter((room) => streamIn(room)?.stream.startsWith('ticket:'))
  // Also what notes the key that has opened it.
  for (const room of tickets.slice(0, Math.max(rooms.length - most, 0)))
    for (const one of [...socket.rooms]) if (one === room || one.endsWith(`\n${room}`)) void socket.leave(one)
}

/** The socket.io rooms by which a socket follows users and rooms, the oldest first. */
export function followedRooms(socket: ChatSocket): string[] {
  return roomsOfKinds(socket, 'presence', 'room presence')
}

/**
 * The socket.io rooms by which a socket hears of users: who they are, whether they are there, and how the lines of line managers
 * move.
 */
export function roomsOfPeople(socket: ChatSocket): string[] {
  const ofLineManagers = [...socket.rooms].filter((room) => isOfLineManager(lineIn(room)?.line))
  return [...roomsOfKinds(socket, 'watchers', 'presence'), ...ofLineManagers]
}

/** Whether a line is followed by whoever may see one of its tickets; that of a topic anybody may follow. */
export function isOfLineManager(line = ''): boolean {
  return lineOwner(line)?.kind === 'manager'
}

/** Whether a newer session of a user may see fewer people: customers ask again for those whom they may still see. */
export function seesFewer(before: Session, now: Session): boolean {
  return now.role === 'customer' && before.role !== 'customer'
}

function roomsOfKinds(socket: ChatSocket, ...kinds: readonly string[]): string[] {
  return [...socket.rooms].filter((room) => kinds.includes(placeIn(room)?.kind ?? ''))
}

/** Adds to the rooms of one kind that a socket is in; it leaves the oldest of more than `most`. */
export function follow(socket: ChatSocket, rooms: readonly string[], prefix: string, most: number): void {
  if (!socket.connected || rooms.length === 0) return
  void socket.join([...rooms])
  const followed = [...socket.rooms].filter((room) => room.startsWith(prefix))
  for (const room of followed.slice(0, -most)) void socket.leave(room)
}
