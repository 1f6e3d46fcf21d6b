import { useMessages } from '@dowellchat/client/react'
import { DoorOpen, Hash } from 'lucide-react'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { BackLink } from '../../components/back-link.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'
import { enterRoom, forgetRoom } from './open-rooms.ts'
import { RoomConversation } from './room-conversation.tsx'

/** A room that everybody can join by its name. */
export function OpenRoom({ name }: { readonly name: string }) {
  const { userId } = useSelf()
  const conversation = useMessages(name)
  useTitle(`${name} · dowellchat`)

  // Remember only rooms that the server let us join.
  const isJoined = conversation.status === 'ready'
  useEffect(() => {
    if (isJoined) enterRoom(userId, name)
  }, [isJoined, userId, name])

  return (
    <>
      <OpenRoomHeader name={name} />
      <RoomConversation
        room={name}
        title={name}
        conversation={conversation}
        readers="Everyone who joins this room can read it."
      />
    </>
  )
}

function OpenRoomHeader({ name }: { readonly name: string }) {
  const [, navigate] = useLocation()
  const { userId } = useSelf()

  function leaveRoom(): void {
    forgetRoom(userId, name)
    navigate(paths.chat)
  }

  return (
    <header className="detail-header">
      <BackLink href={paths.chat} label="All rooms" />
      <Hash aria-hidden className="room-sign" />
      <div className="detail-title">
        <h2>
          <bdi>{name}</bdi>
        </h2>
      </div>
      <button
        type="button"
        className="button quiet icon"
        aria-label="Leave room"
        title="Leave room"
        onClick={leaveRoom}
      >
        <DoorOpen aria-hidden />
      </button>
    </header>
  )
}
