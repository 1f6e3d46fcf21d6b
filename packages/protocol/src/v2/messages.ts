import * as z from 'zod/mini'
import { Text } from '../fields.ts'
import { type Message, type MessageRequests, messageRequests } from '../messages.ts'
import type { Entry } from '../streams.ts'
import { Ignored, type V2Defs, type V2Frame, V2Id, V2Name, v2, v2Id, v2Name } from './define.ts'
import { emptyText, explainText, isV2Message, v2Text } from './message-kinds.ts'
import { type V2TicketContent, v2TicketMessage } from './tickets.ts'

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
    explain: explainText,
    // Pages show what comes on `my_response` as a bubble, and V2 said nothing of an empty message.
    failureEvent: (text) => (text === emptyText ? 'error_response' : undefined),
    claims: ({ author }) => ({ name: v2Name(author) }),
    toCurrent: ({ room_id, message_data }, { cid }) => ({
      room_id: v2Id(room_id),
      message_data: String(message_data),
      cid,
    }),
  }),
} as const satisfies V2Defs<MessageRequests>

/** A live message for V2 sockets: a room's as plain text, a ticket's in an envelope. */
function v2LiveMessage(message: Message, workspaceId: string, sid: string): V2Frame {
  if (message.ticket_id === undefined) return ['my_response', { data: v2Text(message), sid }]
  return ticketFrame(message, workspaceId)
}

/**
 * An entry for V2 sockets: what people wrote, and the new text of a message that was edited, which says so. They hear of nothing
 * else.
 */
export function v2LiveEntry(entry: Entry, workspaceId: string, sid: string): V2Frame | undefined {
  if (isV2Message(entry)) return v2LiveMessage(entry, workspaceId, sid)
  if (entry.type !== 'change' || entry.change !== 'edited' || !entry.message_data) return undefined
  const { _id, ticket_id, product, by, created_at } = entry
  const message_data = editedText(entry.message_data)
  if (ticket_id === undefined) return ['my_response', { data: message_data, sid }]
  const told = { _id, ticket_id, product, message_data, author: by, reply_to: null, created_at }
  return ticketFrame(told, workspaceId)
}

/** One page of V2 sends JSON, and parses the text of every message that it gets: that stays as it is. */
function editedText(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object') return text
  } catch {}
  return `(edited) ${text}`
}

function ticketFrame(message: V2TicketContent, workspaceId: string): V2Frame {
  const data = { ...v2TicketMessage(message), workspace_id: workspaceId }
  return ['ticket_message_response', { status: 'success', operation: 'send_message', data }]
}
