import { streamOwner } from '@dowellchat/protocol'
import type { ListedRooms } from '../delivery/listed-rooms.ts'
import type { Streams } from '../delivery/streams.ts'
import type { Threads } from '../delivery/threads.ts'
import { listedIn, streamIn } from './dialects/dialect.ts'
import type { ChatIo } from './socket.ts'

/** Keeps streams followed, or told of in lists, as long as they have a socket.io room, which is as long as a socket is in it. */
export function followRooms(
  adapter: Pick<ReturnType<ChatIo['of']>['adapter'], 'on'>,
  streams: Pick<Streams, 'heard' | 'unheard'>,
  threads: Pick<Threads, 'unheard'>,
  listedRooms: Pick<ListedRooms, 'listed' | 'unlisted'>,
): void {
  adapter.on('create-room', (room: string) => {
    const key = streamIn(room)
    if (key) streams.heard(key)
    else onListed(room, (one) => listedRooms.listed(one))
  })
  adapter.on('delete-room', (room: string) => {
    const key = streamIn(room)
    if (!key) {
      onListed(room, (one) => listedRooms.unlisted(one))
      return
    }
    streams.unheard(key)
    if (streamOwner(key.stream).kind === 'thread') void threads.unheard(key)
  })
}

function onListed(room: string, act: (key: NonNullable<ReturnType<typeof listedIn>>) => void): void {
  const key = listedIn(room)
  if (key) act(key)
}
