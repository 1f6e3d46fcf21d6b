import { expect } from 'vitest'
import { type Answer, type Frame, key, type V2Client } from './v2-client.ts'

// The expected form of frames.
export const text = expect.stringMatching(/^(?!.*(\bat \S+:\d+|Zod|node_modules|\n)).*\S/)
export const id = expect.stringMatching(/^.{1,128}$/)
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
export const nullable = (matcher: unknown): unknown => expect.toBeOneOf([matcher, null])

export const notice = (data: unknown): Frame => ['my_response', { data, count: 0 }]
export const live = (data: unknown, sid: unknown): Frame => ['my_response', { data, sid }]
export const joined = (who: string): Frame => notice(expect.stringMatching(new RegExp(`^${who} joined `)))
export const left = (room: string): Frame => ['my_response', { data: `Left room: ${room}` }]
export const success = (operation: string, data: unknown) => ({ data, status: 'success', operation })
/** A failure as an event: these fields and no others. */
export const failure = (operation: string) => ({ data: text, status: 'failure', operation })
/** A failure in an acknowledgement. */
export const refused = (operation: string, code: unknown) => ({
  status: 'failure',
  operation,
  data: text,
  error: expect.objectContaining({ code, message: text, retryable: false }),
})

export interface Topic {
  _id: string
  name: string
}
export interface LineManager {
  _id: string
  user_id: string
  positions_in_a_line: number
  ticket_count: number
}
export interface Ticket {
  _id: string
  user_id: string
  line_manager: string | null
  product: string
  is_closed: boolean
  waiting_time: number | null
}
export interface Message {
  _id: string
  seq: number
  nth: number
  author: string
  display_name: string | null
  message_data: string
}

export const topicFields = { _id: id, name: text, created_at: time }
export const lineManagerFields = {
  _id: id,
  user_id: id,
  positions_in_a_line: expect.any(Number),
  average_serving_time: expect.any(Number),
  ticket_count: expect.any(Number),
  is_active: true,
  created_at: time,
}
/** A topic and a line manager as an acknowledgement has them: with all of their fields. */
export const wholeTopicFields = {
  ...topicFields,
  title: null,
  strategy: 'least_loaded',
  hours: null,
  away_text: null,
  targets: { first_answer: null, solved: null },
  client_created_at: nullable(time),
}
export const wholeLineManagerFields = {
  ...lineManagerFields,
  capacity: null,
  availability: 'online',
  is_unmanaged: true,
  topics: null,
  client_created_at: nullable(time),
}
export const ticketFields = {
  _id: id,
  user_id: id,
  display_name: nullable(text),
  line_manager: nullable(id),
  is_closed: false,
  created_at: time,
  updated_at: time,
  product: id,
  waiting_time: nullable(expect.any(Number)),
}
/** A ticket as an acknowledgement has it: with all of its fields. */
export const wholeTicketFields = {
  ...ticketFields,
  client_created_at: nullable(time),
  closed_at: nullable(time),
  state: expect.toBeOneOf(['waiting', 'assigned']),
  subject: null,
  priority: 'normal',
  tags: [],
  enqueued_at: time,
  assigned_at: nullable(time),
  answered_at: null,
  target: null,
  rating: null,
}
/** A ticket's message in a list; a live one also has `workspace_id`. */
export const ticketMessageFields = {
  _id: id,
  ticket_id: id,
  message_data: expect.any(String),
  author: id,
  reply_to: 'None',
  // It follows who has read, or written after it, a second later at most.
  is_read: expect.any(Boolean),
  created_at: time,
  product: id,
}
/** A message in an acknowledgement. */
export const messageFields = {
  _id: id,
  stream: id,
  seq: expect.any(Number),
  nth: expect.any(Number),
  type: 'message',
  kind: 'text',
  cid: id,
  message_data: expect.any(String),
  author: id,
  display_name: nullable(text),
  reply_to: null,
  created_at: time,
  client_created_at: null,
}

/** The `data` of a frame's envelope. */
export function dataOf<Data>(frame: Frame | undefined): Data {
  const [, answer] = frame ?? []
  return (answer as Answer<Data>).data
}

/** Opens a ticket as a V2 page does. */
export async function makeTicket(client: V2Client, fields: Record<string, unknown>): Promise<Ticket> {
  client.emit('create_ticket', { ...key, created_at: new Date(), ...fields })
  const [answer] = await client.hears(
    ['ticket_response', success('create_ticket', ticketFields)],
    ['waiting_time_response', success('create_ticket', { waiting_time: nullable(expect.any(Number)) })],
  )
  return dataOf(answer)
}

export async function makeLineManager(
  client: V2Client,
  fields: Record<string, unknown>,
): Promise<LineManager> {
  const standard = {
    positions_in_a_line: 1,
    average_serving_time: 4,
    ticket_count: 0,
    created_at: new Date(),
  }
  client.emit('create_line_manager', { ...key, ...standard, ...fields })
  const [answer] = await client.hears(['setting_response', success('create_line_manager', lineManagerFields)])
  return dataOf(answer)
}

/** A line manager as the list shows it. */
export async function lineManager(client: V2Client, userId: string): Promise<LineManager | undefined> {
  const { data } = await client.ask<LineManager[]>('get_all_line_managers', key)
  return data.find(({ user_id }) => user_id === userId)
}
