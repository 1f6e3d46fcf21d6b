import { Hash } from 'lucide-react'
import { Link } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { useSelf } from '../people/use-self.ts'
import { JoinRoom } from './join-room.tsx'
import { useOpenRooms } from './open-rooms.ts'
import './chat.css'

/** The rooms you have been in, and a form to join others. */
export function RoomList({ current }: { readonly current: string | null }) {
  const { userId } = useSelf()
  const rooms = useOpenRooms(userId)
  return (
    <>
      <div className="list-header">
        <h1>Rooms</h1>
        <JoinRoom />
      </div>
      <nav aria-label="Rooms">
        <ul className="list">
          {rooms.map((name) => (
            <li key={name}>
              <Link
                href={paths.room(name)}
                className="list-item room"
                aria-current={name === current ? 'page' : undefined}
              >
                <Hash aria-hidden />
                <bdi className="one-line">{name}</bdi>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  )
}
