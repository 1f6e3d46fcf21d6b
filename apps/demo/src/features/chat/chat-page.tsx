import { MessagesSquare } from 'lucide-react'
import { EmptyState } from '../../components/empty-state.tsx'
import { Split } from '../../components/split.tsx'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { Room } from './room.tsx'
import { RoomList } from './room-list.tsx'

/** The list of rooms, and the open room. */
export function ChatPage() {
  const name = useNameInPath(paths.chat)
  useTitle(name === null ? 'Chat · dowellchat' : `${name} · dowellchat`)
  return (
    <Split list={<RoomList current={name} />} isOpen={name !== null}>
      {name === null ? (
        <EmptyState icon={MessagesSquare} title="No room selected">
          <p>Choose a room, or join another one by name.</p>
        </EmptyState>
      ) : (
        <Room key={name} name={name} />
      )}
    </Split>
  )
}
