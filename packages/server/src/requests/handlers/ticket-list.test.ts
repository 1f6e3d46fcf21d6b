import { randomUUID } from 'node:crypto'
import type { Message, PushOf, Ticket } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { secret, sign } from '../../../tests/support/foreign-tokens.ts'
import { message, newTicket } from '../../../tests/support/ticket-line.ts'
import type { ChatServerOptions } from '../../chat-server.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../../testing/connect.ts'

/** Longer than new messages are gathered. */
const gatheredMs = 1_500

const details = { details: true }

/** A workspace with a topic, an agent by token, two customers, and a ticket of each. */
async function scene(options: Partial<ChatServerOptions> = {}) {
  const chat = await openChat(onTestFinished, { tokens: { secrets: [secret] }, ...options })
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const ofAnn = await ann.request('create_ticket', newTicket())
  const ofBen = await ben.request('create_ticket', newTicket())
  return { chat, admin, ann, ben, ofAnn, ofBen, agnes: await enter(chat) }
}

/** An agent, whose token can be renewed. */
async function enter(chat: TestChat): Promise<TestSocket> {
  const socket = chat.open({ protocol: 1, token: sign({ sub: 'agnes', role: 'agent' }) })
  await socket.heard(2)
  return socket
}

function activityOf({ frames }: TestSocket): PushOf<'ticket_activity'>['tickets'] {
  const pushes = frames.filter(([event]) => event === 'ticket_activity')
  return pushes.flatMap(([, push]) => (push as PushOf<'ticket_activity'>).tickets)
}

function write(socket: TestSocket, { _id }: Ticket, text: string): Promise<Message> {
  return socket.request('ticket_message_event', message(_id, text))
}

const wait = () => new Promise((resolve) => setTimeout(resolve, gatheredMs))

it('[TK7] tells who has listed tickets of new messages in them, together and once a second', async () => {
  const { agnes, admin, ann, ben, ofAnn, ofBen } = await scene()
  await admin.request('get_tickets', {})
  const { tickets } = await agnes.request('get_tickets', details)
  expect(tickets.map(({ _id, unread }) => [_id, unread])).toEqual([
    [ofBen._id, 0],
    [ofAnn._id, 0],
  ])
  const startedAt = performance.now()
  for (const text of ['1', '2', '3', '4']) await write(ann, ofAnn, text)
  const [last, other] = [await write(ann, ofAnn, '5'), await write(ben, ofBen, 'Hello')]
  const told = () => new Map(activityOf(agnes).map(({ ticket_id, ...rest }) => [ticket_id, rest]))
  await expect
    .poll(() => [told().get(ofAnn._id), told().get(ofBen._id)])
    .toMatchObject([{ head: { seq: 5, nth: 5, id: last._id }, last }, { last: { _id: other._id } }])
  const pushes = agnes.frames.filter(([event]) => event === 'ticket_activity')
  // The first comes after a second. A timer may be a little early.
  expect(pushes.length).toBeLessThanOrEqual(Math.floor((performance.now() - startedAt + 50) / 1_000))
  expect(activityOf(admin)).toEqual([])
  const again = await agnes.request('get_tickets', details)
  expect(again.tickets.map(({ _id, last, unread }) => [_id, last?._id, unread])).toEqual([
    [ofBen._id, other._id, 1],
    [ofAnn._id, last._id, 5],
  ])
})

it('[TK7] tells customers of their own tickets alone', async () => {
  const { ann, ben, ofAnn, ofBen, admin } = await scene()
  for (const one of [ann, ben]) await one.request('get_tickets', details)
  await write(admin, ofAnn, 'For Ann')
  await write(admin, ofBen, 'For Ben')
  await expect.poll(() => activityOf(ann).length).toBe(1)
  await expect.poll(() => activityOf(ben).length).toBe(1)
  expect(activityOf(ann).map(({ ticket_id }) => ticket_id)).toEqual([ofAnn._id])
  expect(activityOf(ben).map(({ ticket_id }) => ticket_id)).toEqual([ofBen._id])
})

it('[TK7] tells nothing more to who is no agent in a newer token', async () => {
  const { agnes, admin, ann, ofAnn } = await scene()
  for (const one of [agnes, admin]) await one.request('get_tickets', details)
  await write(ann, ofAnn, 'Before')
  await expect.poll(() => activityOf(agnes).length).toBe(1)
  const still = await agnes.request('renew_token', { token: sign({ sub: 'agnes', role: 'agent' }) })
  expect(still.role).toBe('agent')
  await write(ann, ofAnn, 'As an agent')
  await expect.poll(() => activityOf(agnes).length).toBe(2)

  await agnes.request('renew_token', { token: sign({ sub: 'agnes' }) })
  await write(ann, ofAnn, 'Secret')
  await expect.poll(() => activityOf(admin).at(-1)?.last?.message_data).toBe('Secret')
  await agnes.request('get_tickets', details)
  expect(JSON.stringify(agnes.frames)).not.toContain('Secret')
})

it('[TK7] follows nothing that was listed for an agent who is none any more once it is there', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let goOn = (): void => {}
  let isAsked = (): void => {}
  const asked = new Promise<void>((resolve) => {
    isAsked = resolve
  })
  let isSlow = false
  const tickets: Store['tickets'] = {
    ...store.tickets,
    async list(...args) {
      const answer = await store.tickets.list(...args)
      if (!isSlow) return answer
      isSlow = false
      isAsked()
      await new Promise<void>((resolve) => {
        goOn = resolve
      })
      return answer
    },
  }
  const { agnes, ann, ofAnn } = await scene({ store: { ...store, tickets, close: async () => {} } })
  isSlow = true
  const listing = agnes.ask('get_tickets', details)
  await asked
  await agnes.request('renew_token', { token: sign({ sub: 'agnes' }) })
  goOn()
  expect(await listing).toMatchObject({ error: { code: 'unavailable', retryable: true } })
  await write(ann, ofAnn, 'Secret')
  await wait()
  expect(JSON.stringify(agnes.frames)).not.toContain('Secret')
  expect(await agnes.request('get_tickets', details)).toEqual({ tickets: [], more: false })
})
