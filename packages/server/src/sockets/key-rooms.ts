import type { Credential } from '../identity/identity.ts'
import { configuredKey } from '../identity/keys.ts'
import type { ChatIo, ChatSocket } from './socket.ts'

/** The socket.io room of the sockets that a key has opened, or on which it has opened something. */
function roomOfKey(keyId: string): string {
  return `key\n${keyId}`
}

/** Notes on the socket that a key has opened another room for it. */
function markOf(keyId: string, room: string): string {
  return `${roomOfKey(keyId)}\n${room}`
}

/**
 * The rooms by which a socket is found when the key ends that has opened it, or the room that it joins. Keys of the
 * configuration end with the server.
 */
export function keyRooms(credential: Credential, room?: string): string[] {
  if (credential.kind !== 'server_key' && credential.kind !== 'page_key') return []
  const { key_id } = credential
  if (key_id === configuredKey.key_id) return []
  return room === undefined ? [roomOfKey(key_id)] : [roomOfKey(key_id), markOf(key_id, room)]
}

/** Ends what a key has opened on this server: connections by `close`, and the rooms that it has opened on others. */
export function endKey(io: ChatIo, keyId: string, close: (socket: ChatSocket) => void): void {
  const { rooms } = io.of('/').adapter
  for (const id of [...(rooms.get(roomOfKey(keyId)) ?? [])]) {
    const socket = io.of('/').sockets.get(id)
    if (!socket) continue
    const { credential } = socket.data
    if (credential.kind === 'server_key' && credential.key_id === keyId) close(socket)
    else leaveRooms(socket, keyId)
  }
}

function leaveRooms(socket: ChatSocket, keyId: string): void {
  const mark = markOf(keyId, '')
  const marks = [...socket.rooms].filter((room) => room.startsWith(mark))
  for (const room of [roomOfKey(keyId), ...marks]) void socket.leave(room)
  for (const room of marks.map((one) => one.slice(mark.length))) {
    const isOpenOtherwise = [...socket.rooms].some(
      (one) => one.startsWith('key\n') && one.endsWith(`\n${room}`),
    )
    if (!isOpenOtherwise) void socket.leave(room)
  }
}
