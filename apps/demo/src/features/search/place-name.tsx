import { useRoom, useTicket } from '@dowellchat/client/react'
import { isMemberRoom } from '../chat/room-names.ts'
import { useRoomTitle } from '../chat/room-title.ts'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { splitStream } from './places.ts'

/** The room or ticket of a message, as people call it. */
export function PlaceName({ stream }: { readonly stream: string }) {
  const [kind, name] = splitStream(stream)
  if (kind === 'ticket') return <TicketName id={name} />
  return isMemberRoom(name) ? <RoomName id={name} /> : <bdi>{name}</bdi>
}

function RoomName({ id }: { readonly id: string }) {
  return <bdi>{useRoomTitle(useRoom(id).room)}</bdi>
}

function TicketName({ id }: { readonly id: string }) {
  const { ticket } = useTicket(id)
  const titleOf = useTopicTitle()
  return <bdi>{ticket ? `${titleOf(ticket.product)}, ${customerOf(ticket)}` : 'Ticket'}</bdi>
}
