import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { messagesIn, openChat } from '../src/testing/connect.ts'
import { secret } from './support/foreign-tokens.ts'
import { guestWithTicket, logIn } from './support/guest-journey.ts'

it('[GU7] answers with the first message what a guest has sent and repeats after logging in', async () => {
  const chat = await openChat(onTestFinished, { tokens: { secrets: [secret] } })
  const { admin, entered, ticket, guest_token, user_id } = await guestWithTicket(chat)
  const { socket: guest } = entered
  const inRoom = { room_id: 'r', message_data: 'hello', cid: randomUUID() }
  const inTicket = { ticket_id: ticket._id, message_data: 'hello', cid: randomUUID() }
  const said = await guest.request('message_event', inRoom)
  const asked = await guest.request('ticket_message_event', inTicket)
  expect([said.author, asked.author]).toEqual([user_id, user_id])

  const { socket: ann } = await logIn(chat, 'ann', { guest_token })
  expect(await ann.request('message_event', inRoom)).toEqual(said)
  expect(await ann.request('ticket_message_event', inTicket)).toEqual(asked)
  await admin.socket.request('close_ticket', { ticket_id: ticket._id })
  expect(await ann.request('ticket_message_event', inTicket)).toEqual(asked)
  // A repetition opens nothing.
  expect(await ann.request('get_ticket', { ticket_id: ticket._id })).toMatchObject({ is_closed: true })
  expect(await ann.refusal('message_event', { ...inRoom, message_data: 'another' })).toBe('conflict')
  const own = await ann.request('message_event', { ...inRoom, cid: randomUUID() })
  expect(own).toMatchObject({ author: 'ann', seq: 2 })

  const { socket: ben } = await logIn(chat, 'ben')
  expect(await ben.request('message_event', inRoom)).toMatchObject({ author: 'ben', seq: 3 })
  expect(messagesIn(ann.frames)).toEqual([])
})
