import { placeIn } from './dialects/dialect.ts'
import type { ChatIo } from './socket.ts'

interface PeopleListeners {
  /** Perhaps a user has come, or gone. */
  readonly user: (workspaceId: string, userId: string) => void
  /** Perhaps somebody has come into a stream, or gone. */
  readonly stream: (workspaceId: string, stream: string) => void
  /** Nobody follows a user or a room any more. */
  readonly unwatched: (kind: 'presence' | 'room presence', workspaceId: string, id: string) => void
}

/** Says who comes and goes, by the socket.io rooms in which sockets are. */
export function followPeople(
  adapter: Pick<ReturnType<ChatIo['of']>['adapter'], 'on'>,
  { user, stream, unwatched }: PeopleListeners,
): void {
  const onUser = (place: ReturnType<typeof placeIn>): void => {
    if (place?.kind === 'user') user(place.workspace_id, place.id)
  }
  const onStream = (room: string): void => {
    const place = placeIn(room)
    if (place?.kind === 'stream' && place.id.startsWith('room:')) stream(place.workspace_id, place.id)
  }
  adapter.on('create-room', (room: string) => onUser(placeIn(room)))
  adapter.on('join-room', onStream)
  adapter.on('leave-room', onStream)
  adapter.on('delete-room', (room: string) => {
    const place = placeIn(room)
    onUser(place)
    if (place?.kind === 'presence' || place?.kind === 'room presence')
      unwatched(place.kind, place.workspace_id, place.id)
  })
}
