import { useCreateRoom, useMessages } from '@dowellchat/client/react'
import { MessagesSquare } from 'lucide-react'
import { useEffect, useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Problem } from '../../components/problem.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { whenDone } from '../../lib/when-done.ts'
import { SidePanel } from '../chat/side-panel.tsx'
import { useRoomPeople } from '../chat/use-room-people.ts'
import { Conversation } from '../conversation/conversation.tsx'
import type { Rights } from '../conversation/conversation-context.ts'
import type { OtherSide } from './use-other-side.ts'
import '../chat/chat.css'

const TicketChat = lazyPart(async () => (await import('../tickets/parts.ts')).TicketChat, {
  waiting: () => <Opening />,
})

/** Everything else can be done in the room itself. */
const rights: Rights = {
  canWrite: true,
  canPin: false,
  canRemoveAny: false,
  canReport: false,
  hasThreads: false,
}

interface CallChatProps {
  readonly other: OtherSide
  readonly onClose: () => void
}

/** The ticket that a call is about, or the room of the two who talk, beside their call. */
export function CallChat({ other: { userId, name, ticketId }, onClose }: CallChatProps) {
  return (
    <SidePanel title={ticketId ? 'Chat about the ticket' : 'Chat'} onClose={onClose}>
      {ticketId === null ? <DirectChat other={userId} name={name} /> : <TicketChat id={ticketId} />}
    </SidePanel>
  )
}

function Opening() {
  return <Skeleton label="Opening the chat" />
}

function DirectChat({ other, name }: { readonly other: string; readonly name: string }) {
  const { createRoom, error } = useCreateRoom()
  const [room, setRoom] = useState<string | null>(null)
  // The room of two people is made once; asked for again, it is the same.
  useEffect(() => {
    whenDone(createRoom({ kind: 'direct', title: null, members: [other] }), ({ _id }) => setRoom(_id))
  }, [createRoom, other])
  if (room !== null) return <RoomOfTwo room={room} name={name} />
  return error ? <Problem what={error} /> : <Opening />
}

function RoomOfTwo({ room, name }: { readonly room: string; readonly name: string }) {
  const conversation = useMessages(room)
  const people = useRoomPeople(room, conversation.messages)
  return (
    <Conversation
      stream={`room:${room}`}
      place={room}
      name={name}
      conversation={conversation}
      rights={rights}
      people={people}
      empty={
        <EmptyState icon={MessagesSquare} title="No messages yet">
          <p>Only the two of you can read this.</p>
        </EmptyState>
      }
    />
  )
}
