import type { ListedRoom } from '@dowellchat/client'
import { skip, usePresence, useRooms, useSession } from '@dowellchat/client/react'
import { Archive, ArrowLeft, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useNameMap } from '../people/use-names-of.ts'
import { useSelf } from '../people/use-self.ts'
import { JoinRoom } from './join-room.tsx'
import { RoomItem } from './room-item.tsx'
import { otherOf, useOtherPerson } from './room-title.ts'
import './chat.css'
import './room-item.css'

const PeopleSection = lazyPart(async () => (await import('../people/people-section.tsx')).PeopleSection)

/** The rooms and people that you talk with, the last active first, and ways to get to others. */
export function RoomList({ current }: { readonly current: string | null }) {
  const { can } = useSession()
  const [isArchive, setIsArchive] = useState(false)
  return (
    <>
      <div className="list-header">
        <div className="list-head">
          <h1>{isArchive ? 'Archive' : 'Chats'}</h1>
          {can('create_room') && (
            <Link href={paths.newRoom} className="button small">
              <Plus aria-hidden /> New room
            </Link>
          )}
        </div>
        {!isArchive && <JoinRoom />}
      </div>
      <nav aria-label={isArchive ? 'Archived rooms' : 'Rooms'}>
        <Rooms current={current} isArchived={isArchive} />
      </nav>
      <button
        type="button"
        className="button quiet small list-archive"
        onClick={() => setIsArchive(!isArchive)}
      >
        {isArchive ? <ArrowLeft aria-hidden /> : <Archive aria-hidden />}{' '}
        {isArchive ? 'All chats' : 'Archive'}
      </button>
      {!isArchive && can('create_room') && <PeopleSection />}
    </>
  )
}

interface RoomsProps {
  readonly current: string | null
  readonly isArchived: boolean
}

const others: readonly string[] = []

function Rooms({ current, isArchived }: RoomsProps) {
  const { rooms, status, error, hasMore, loadMore } = useRooms(isArchived ? archived : listed)
  const { userId } = useSelf()
  const { can } = useSession()
  const people = useMemo(
    () => rooms.map((room) => otherOf(room, userId)).filter((id) => id !== ''),
    [rooms, userId],
  )
  const names = useNameMap(people.length > 0 ? people : others)
  const { presences } = usePresence(people.length > 0 && can('get_presence') ? people : skip)
  if (status === 'error') return <Problem what={error} />
  return (
    <>
      {status === 'ready' && rooms.length === 0 && (
        <p className="hint list-hint">{isArchived ? 'Nothing is archived.' : 'You are in no room yet.'}</p>
      )}
      <ul className="list">
        {rooms.map((room) => (
          <OneRoom key={room._id} room={room} current={current} names={names} presences={presences} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" className="button small list-archive" onClick={() => void loadMore()}>
          Show more
        </button>
      )}
    </>
  )
}

const listed = { isArchived: false } as const
const archived = { isArchived: true } as const

interface OneRoomProps {
  readonly room: ListedRoom
  readonly current: string | null
  readonly names: ReadonlyMap<string, string>
  readonly presences: ReturnType<typeof usePresence>['presences']
}

function OneRoom({ room, current, names, presences }: OneRoomProps) {
  const { userId } = useSelf()
  // A room that was only just made may come without its two people.
  const found = useOtherPerson(room.kind === 'direct' && room.peers === null ? room : null)
  const other = otherOf(room, userId) || found
  const known = useNameOf(names.has(other) ? '' : other)
  if (room.kind === 'direct' && other === '') return null
  const title = room.kind === 'direct' ? (names.get(other) ?? known) : (room.title ?? room._id)
  return (
    <RoomItem
      room={room}
      title={title}
      other={other}
      presence={presences.get(other) ?? null}
      isCurrent={room._id === current}
    />
  )
}
