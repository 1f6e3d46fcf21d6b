import * as z from 'zod/mini'
import { Text } from '../fields.ts'
import { type Message, type MessageRequests, messageRequests } from '../messages.ts'
import { Ignored, type V2Defs, type V2Frame, V2Id, V2Name, v2, v2Id, v2Name } from './define.ts'
import { v2TicketMessage } from './tickets.ts'

export const v2MessageRequests = {
  message_event: v2(messageRequests.message_event, {
    payload: z.object({
      room_id: V2Id,
      message_data: z.union([Text, z.number()]),
      author: V2Name,
      type: Ignored,
      side: Ignored,
      message_type: Ignored,
    }),
    event: 'my_response',
    operation: 'message_event',
    claims: ({ author }) => ({ name: v2Name(author) }),
    toCurrent: ({ room_id, message_data }, { cid }) => ({
      room_id: v2Id(room_id),
      message_data: String(message_data),
      cid,
    }),
  }),
} as const satisfies V2Defs<MessageRequests>

/** A live message for V2 sockets: a room's as plain text, a ticket's in an envelope. */
export function v2LiveMessage(message: Message, workspaceId: string, sid: string): V2Frame {
  if (message.ticket_id === undefined) return ['my_response', { data: message.message_data, sid }]
  const data = { ...v2TicketMessage(message), workspace_id: workspaceId }
  return ['ticket_message_response', { status: 'success', operation: 'send_message', data }]
}
