import { streamOwner } from '@dowellchat/protocol'
import type { Streams } from '../delivery/streams.ts'
import type { Threads } from '../delivery/threads.ts'
import { streamIn } from './dialects/dialect.ts'
import type { ChatIo } from './socket.ts'

/** Keeps streams followed as long as they have a socket.io room, which is as long as a socket is in it. */
export function followRooms(
  adapter: Pick<ReturnType<ChatIo['of']>['adapter'], 'on'>,
  streams: Pick<Streams, 'heard' | 'unheard'>,
  threads: Pick<Threads, 'unheard'>,
): void {
  adapter.on('create-room', (room: string) => {
    const key = streamIn(room)
    if (key) streams.heard(key)
  })
  adapter.on('delete-room', (room: string) => {
    const key = streamIn(room)
    if (!key) return
    streams.unheard(key)
    if (streamOwner(key.stream).kind === 'thread') void threads.unheard(key)
  })
}
