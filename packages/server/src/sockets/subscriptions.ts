import { streamIn, streamOfRoom } from './dialects/dialect.ts'
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
