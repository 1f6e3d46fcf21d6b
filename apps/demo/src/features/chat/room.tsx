import { useChatClient, useMessages } from '@dowellchat/client/react'
import { DoorOpen, Hash, MessagesSquare } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { useLocation } from 'wouter'
import { BackLink } from '../../components/back-link.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { paths } from '../../lib/paths.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Unsent } from '../conversation/unsent.ts'
import { useSelf } from '../people/use-self.ts'
import { enterRoom, forgetRoom } from './open-rooms.ts'

/** A room, joined as long as it is on the page. */
export function Room({ name }: { readonly name: string }) {
  const { request } = useChatClient()
  const { userId } = useSelf()
  const conversation = useMessages(name)
  const resend = useCallback(
    ({ cid, text }: Unsent) => request.message_event({ room_id: name, message_data: text, cid }),
    [request, name],
  )

  // Remember only rooms that the server let us join.
  const isJoined = conversation.status === 'ready'
  useEffect(() => {
    if (isJoined) enterRoom(userId, name)
  }, [isJoined, userId, name])

  return (
    <>
      <RoomHeader name={name} />
      <Conversation
        stream={`room:${name}`}
        name={name}
        conversation={conversation}
        resend={resend}
        empty={
          <EmptyState icon={MessagesSquare} title="No messages yet">
            <p>Say hello! Everyone who joins this room can read it.</p>
          </EmptyState>
        }
      />
    </>
  )
}

function RoomHeader({ name }: { readonly name: string }) {
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
