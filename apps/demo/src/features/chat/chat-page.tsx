import { MessagesSquare } from 'lucide-react'
import { useLocation } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { Title } from '../../lib/use-title.ts'
import { Room } from './room.tsx'
import { RoomList } from './room-list.tsx'

const AcceptInvite = lazyPart(async () => (await import('./accept-invite.tsx')).AcceptInvite)
const NewRoom = lazyPart(async () => (await import('./new-room.tsx')).NewRoom)

/** The list of rooms, and the open room, the form for a new one or an invitation. */
export function ChatPage() {
  const [location] = useLocation()
  const name = useNameInPath(paths.chat)
  const invite = useNameInPath(paths.invites)
  const isNew = location === paths.newRoom
  return (
    <>
      <Title text="Chat · dowellchat" />
      <Split
        title="Chat"
        list={<RoomList current={name} />}
        isOpen={name !== null || invite !== null || isNew}
      >
        {name !== null && <Room key={name} name={name} />}
        {invite !== null && <AcceptInvite invite={invite} />}
        {isNew && <NewRoom />}
        {name === null && invite === null && !isNew && (
          <EmptyState icon={MessagesSquare} title="No room selected">
            <p>Choose a room, join one by name, or make a new one.</p>
          </EmptyState>
        )}
      </Split>
    </>
  )
}
