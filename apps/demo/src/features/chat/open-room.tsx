import { useMessages } from '@dowellchat/client/react'
import { DoorOpen, Hash } from 'lucide-react'
import { useEffect } from 'react'
import { BackLink } from '../../components/back-link.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { CallLink } from '../calls/call-link.tsx'
import { useSelf } from '../people/use-self.ts'
import { enterRoom } from './last-room.ts'
import { RoomFrame } from './room-frame.tsx'
import { useLeaving } from './use-leaving.ts'
import { WhoIsHere } from './who-is-here.tsx'

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
    <RoomFrame
      room={name}
      title={name}
      conversation={conversation}
      readers="Everyone who joins this room can read it."
      header={() => <OpenRoomHeader name={name} isJoined={isJoined} />}
    />
  )
}

function OpenRoomHeader({ name, isJoined }: { readonly name: string; readonly isJoined: boolean }) {
  const { role } = useSelf()
  const { leave, isPending, error } = useLeaving(name)
  return (
    <>
      <header className="detail-header">
        <BackLink href={paths.chat} label="All rooms" />
        <Hash aria-hidden className="room-sign" />
        <div className="detail-title">
          <h2>
            <bdi>{name}</bdi>
          </h2>
        </div>
        {isJoined && <WhoIsHere room={name} />}
        {/* Customers cannot ring all who are in a room that anybody may join. */}
        {isJoined && role !== 'customer' && <CallLink to={name} name={name} />}
        <IconButton label="Leave room" icon={DoorOpen} isDisabled={isPending} onPress={leave} />
      </header>
      <Problem what={error} />
    </>
  )
}
