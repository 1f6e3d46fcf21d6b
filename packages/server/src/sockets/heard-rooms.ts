import { streamOwner } from '@dowellchat/protocol'
import type { LineMoves } from '../delivery/line-moves.ts'
import type { ListedRooms } from '../delivery/listed-rooms.ts'
import type { Streams } from '../delivery/streams.ts'
import type { Threads } from '../delivery/threads.ts'
import { lineIn, listedIn, streamIn } from './dialects/dialect.ts'
import type { ChatIo } from './socket.ts'

interface Followers {
  readonly streams: Pick<Streams, 'heard' | 'unheard'>
  readonly threads: Pick<Threads, 'unheard'>
  readonly listedRooms: Pick<ListedRooms, 'listed' | 'unlisted'>
  readonly lineMoves: Pick<LineMoves, 'followed' | 'unfollowed'>
}

/** Keeps streams and lines followed, or told of in lists, as long as they have a socket.io room, which is as long as a socket is in it. */
export function followRooms(
  adapter: Pick<ReturnType<ChatIo['of']>['adapter'], 'on'>,
  { streams, threads, listedRooms, lineMoves }: Followers,
): void {
  adapter.on('create-room', (room: string) => {
    const [joined, listed, line] = [streamIn(room), listedIn(room), lineIn(room)]
    if (joined) streams.heard(joined)
    if (listed) listedRooms.listed(listed)
    if (line) lineMoves.followed(line)
  })
  adapter.on('delete-room', (room: string) => {
    const [joined, listed, line] = [streamIn(room), listedIn(room), lineIn(room)]
    if (joined) streams.unheard(joined)
    if (joined && streamOwner(joined.stream).kind === 'thread') void threads.unheard(joined)
    if (listed) listedRooms.unlisted(listed)
    if (line) lineMoves.unfollowed(line)
  })
}
