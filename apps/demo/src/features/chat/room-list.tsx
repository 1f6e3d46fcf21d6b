import type { Room } from '@dowellchat/client'
import { useRooms, useSession } from '@dowellchat/client/react'
import { Hash, Lock, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { paths } from '../../lib/paths.ts'
import { useSelf } from '../people/use-self.ts'
import { JoinRoom } from './join-room.tsx'
import { useOpenRooms } from './open-rooms.ts'
import { useOtherPerson, useRoomTitle } from './room-title.ts'
import './chat.css'

/** The rooms that you are a member of and the open ones that you have been in, and ways to get into others. */
export function RoomList({ current }: { readonly current: string | null }) {
  const { can } = useSession()
  const { userId } = useSelf()
  const openRooms = useOpenRooms(userId)
  const { rooms } = useRooms()
  return (
    <>
      <div className="list-header">
        <div className="list-head">
          <h1>Rooms</h1>
          {can('create_room') && (
            <Link href={paths.newRoom} className="button small">
              <Plus aria-hidden /> New room
            </Link>
          )}
        </div>
        <JoinRoom />
      </div>
      <nav aria-label="Rooms">
        <ul className="list">
          {openRooms.map((name) => (
            <RoomItem key={name} name={name} title={name} sign={<Hash aria-hidden />} current={current} />
          ))}
          {rooms.map((room) =>
            room.kind === 'direct' ? (
              <DirectItem key={room._id} room={room} current={current} />
            ) : (
              <RoomItem
                key={room._id}
                name={room._id}
                title={room.title ?? 'Room'}
                sign={<Lock aria-hidden />}
                current={current}
              />
            ),
          )}
        </ul>
      </nav>
    </>
  )
}

interface RoomItemProps {
  readonly name: string
  readonly title: string
  readonly sign: ReactNode
  readonly current: string | null
}

function RoomItem({ name, title, sign, current }: RoomItemProps) {
  return (
    <li>
      <Link
        href={paths.room(name)}
        className="list-item room"
        aria-current={name === current ? 'page' : undefined}
      >
        {sign}
        <bdi className="one-line">{title}</bdi>
      </Link>
    </li>
  )
}

function DirectItem({ room, current }: { readonly room: Room; readonly current: string | null }) {
  const title = useRoomTitle(room)
  const other = useOtherPerson(room)
  if (other === '') return null
  return (
    <RoomItem
      name={room._id}
      title={title}
      sign={<Avatar name={title} id={other} size="s" />}
      current={current}
    />
  )
}
