import type { Message } from '@dowellchat/client'
import { type UseMessages, useRoom, useSession } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import type { Rights } from '../conversation/conversation-context.ts'
import { PinnedMessages } from './pinned-messages.tsx'
import { useRoomPeople } from './use-room-people.ts'

const ThreadPanel = lazyPart(async () => (await import('./thread-panel.tsx')).ThreadPanel)
const RoomMembers = lazyPart(async () => (await import('./room-members.tsx')).RoomMembers)

/** What is beside a conversation. */
export type Panel =
  | { readonly kind: 'members' }
  | { readonly kind: 'thread'; readonly message: Message }
  | null

export interface RoomFrameProps {
  readonly room: string
  /** The room's name for people. */
  readonly title: string
  readonly conversation: UseMessages
  /** Who can read the room, said while nobody has written in it. */
  readonly readers: string
  readonly header: (panel: Panel, show: (panel: Panel) => void) => ReactNode
}

/** A room: its header, its messages, and beside them its members or a thread. */
export function RoomFrame({ room, title, conversation, readers, header }: RoomFrameProps) {
  const [panel, setPanel] = useState<Panel>(null)
  const rights = useRoomRights(room)
  const people = useRoomPeople(room, conversation.messages)
  const close = (): void => setPanel(null)
  return (
    <>
      {header(panel, setPanel)}
      <div className="room-body" data-panel={panel?.kind ?? 'none'}>
        <Conversation
          stream={`room:${room}`}
          place={room}
          name={title}
          conversation={conversation}
          rights={rights}
          people={people}
          onThread={(message) => setPanel({ kind: 'thread', message })}
          top={(jumpTo) => <PinnedMessages room={room} onJump={jumpTo} />}
          empty={
            <EmptyState icon={MessagesSquare} title="No messages yet">
              <p>Say hello! {readers}</p>
            </EmptyState>
          }
        />
        {panel?.kind === 'members' && <RoomMembers room={room} onClose={close} />}
        {panel?.kind === 'thread' && (
          <ThreadPanel
            key={panel.message._id}
            message={panel.message}
            rows={conversation.messages}
            rights={rights}
            people={people}
            onClose={close}
          />
        )}
      </div>
    </>
  )
}

/** What you may do with messages of a room. */
function useRoomRights(room: string): Rights {
  const session = useSession()
  const { can, room: info, role } = useRoom(room)
  const isClosed = info?.closed_at != null
  const canPin = can('pin_message')
  const canRemoveAny = session.role === 'admin' || role === 'owner'
  const [canReport, hasThreads] = [session.can('report'), session.can('start_thread')]
  return useMemo(
    () => ({ canWrite: !isClosed, canPin, canRemoveAny, canReport, hasThreads }),
    [isClosed, canPin, canRemoveAny, canReport, hasThreads],
  )
}
