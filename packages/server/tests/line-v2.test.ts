import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LineManager, PushOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'
import { raisedLimits } from '../src/testing/start-server.ts'
import { until } from './support/sockets.ts'
import { createTickets, message } from './support/ticket-line.ts'
import { describeTwoServers, type TwoServers } from './support/two-servers.ts'
import { connect, connectAs, key, type V2Client } from './support/v2-client.ts'
import { answered, dayOf } from './support/v2-day.ts'
import { dataOf, makeLineManager, makeTicket, type Ticket, ticketFields, time } from './support/v2-frames.ts'

const limits = { ...raisedLimits, handBackMs: 300, handBackAnsweredMs: 600 }
const product = 'sales'

/** What Mia of V2 has, and Max of the SDK, whose line is emptied when he stays away: so it is seen that lines are looked after. */
interface Desk {
  readonly miasTickets: readonly Ticket[]
  readonly max: TestSocket
}

/** Mia is a line manager whom V2's page makes; she answers one of her two tickets. Max comes in by the SDK, and has two, too. */
async function open(page: V2Client, chat: TestChat, maxAt = chat): Promise<Desk> {
  await makeLineManager(page, { user_id: 'mia' })
  const mine = async () => makeTicket(page, { product, user_id: 'ann' })
  const miasTickets = [await mine(), await mine()]
  const { _id: ticket_id } = miasTickets[0] as Ticket
  page.emit('ticket_message_event', { ...key, ticket_id, product, message_data: 'Hello', user_id: 'mia' })
  const echo = expect.objectContaining({ ticket_id, author: 'mia' })
  await page.hears(answered('ticket_message_response', 'send_message', echo))

  const admin = await chat.connect('root', { role: 'admin' })
  const max = await maxAt.connect('max', { role: 'agent' })
  const rank = { positions_in_a_line: 2, average_serving_time: 4 }
  await admin.request('create_line_manager', { user_id: 'max', ...rank, cid: randomUUID() })
  await shown(admin, 'max', { availability: 'online', is_unmanaged: false })
  const maxs = await createTickets(await chat.connect('ben'), 2)
  expect(maxs.map(({ line_manager }) => line_manager)).toEqual(['max', 'max'])
  await max.request('ticket_message_event', message(maxs[0]?._id as string, 'Hello'))
  return { miasTickets, max }
}

/** Waits until a line manager is shown so. */
function shown(admin: TestSocket, user_id: string, wanted: Partial<LineManager>): Promise<void> {
  return until(async () => {
    const managers = await admin.request('get_all_line_managers', {})
    expect(managers.find((one) => one.user_id === user_id)).toMatchObject(wanted)
  })
}

/** Waits until Max's line has been emptied, into Mia's: who has hers still, answered or not, and goes on getting new ones. */
async function expectMiaGoesOn(admin: TestSocket, page: V2Client, { miasTickets }: Desk): Promise<void> {
  await shown(admin, 'max', { availability: 'offline', ticket_count: 0 })
  await shown(admin, 'mia', { availability: 'online', is_unmanaged: true, ticket_count: 4 })
  const { _id } = await makeTicket(page, { product, user_id: 'zoe' })
  page.emit('get_tickets_by_date', {
    ...key,
    line_manager: 'mia',
    ticket_date: dayOf(miasTickets[0] as Ticket & { created_at: string }),
    product: {},
  })
  const [answer] = await page.next(1)
  const listed = dataOf<Ticket[]>(answer)
  expect(listed).toHaveLength(5)
  const hers = miasTickets.map((ticket) => ({ ...ticketFields, ...ticket, updated_at: time }))
  expect(listed.slice(0, 2)).toEqual(hers)
  expect(listed.at(-1)).toMatchObject({ _id, line_manager: 'mia' })
  // What is handed back is told in the conversation.
  for (const { _id: ticket_id } of miasTickets) {
    const messages = await admin.request('get_ticket_messages', { ticket_id })
    expect(messages.filter(({ kind }) => kind !== 'text')).toEqual([])
  }
}

it('[LN14, LN16] leaves the line of somebody of V2 as it is, however long their page is away', async () => {
  const chat = await openChat(onTestFinished, { limits })
  const page = await connect(chat.url)
  const desk = await open(page, chat)
  // Neither a page that proves who she is, nor a customer of her name, makes her somebody who comes and goes.
  const proved = await connectAs(chat.url, 'mia', { role: 'agent' })
  const namesake = await chat.connect('mia', { role: 'customer' })
  for (const { socket } of [page, proved, namesake, desk.max]) socket.disconnect()
  const admin = await chat.connect('root', { role: 'admin' })
  await expectMiaGoesOn(admin, await connect(chat.url), desk)
})

it('[LN14, LN16, LN19] leaves it as it is when the server starts again', async () => {
  const path = mkdtempSync(join(tmpdir(), 'line-v2-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const start = async () => openChat(onTestFinished, { store: await embeddedStore({ path }), limits })
  const before = await start()
  const desk = await open(await connect(before.url), before)
  await before.server.close()
  const after = await start()
  const admin = await after.connect('root', { role: 'admin' })
  await expectMiaGoesOn(admin, await connect(after.url), desk)
})

function activityOf({ frames }: TestSocket): PushOf<'ticket_activity'>['tickets'] {
  const pushes = frames.filter(([event]) => event === 'ticket_activity')
  return pushes.flatMap(([, push]) => (push as PushOf<'ticket_activity'>).tickets)
}

/** Tells of new messages in listed tickets, from one server to the other. */
function tellsActivity({ newUrl, open: openTwo }: TwoServers): void {
  it('[TK7] tell an agent at one of new messages in tickets that are sent at the other', async () => {
    const [east, west] = await openTwo(newUrl(), 30_000)
    const admin = await east.connect('root', { role: 'admin' })
    await admin.request('create_topic', { name: product, cid: randomUUID() })
    const ann = await east.connect('ann')
    const [listed] = await createTickets(ann, 1)
    const ticket_id = listed?._id as string
    const agent = await west.connect('max', { role: 'agent' })
    const { tickets } = await agent.request('get_tickets', { details: true })
    expect(tickets).toMatchObject([{ _id: ticket_id, unread: 0 }])
    // Who has listed them without details is told nothing, nor is anybody of a ticket that came later.
    const other = await west.connect('mia', { role: 'agent' })
    await other.request('get_tickets', {})
    const [later] = await createTickets(ann, 1)

    await ann.request('ticket_message_event', message(later?._id as string, 'Not listed'))
    const first = await ann.request('ticket_message_event', message(ticket_id, 'Hello'))
    const page = await connect(east.url)
    page.emit('ticket_message_event', { ...key, ticket_id, product, message_data: 'V2', user_id: 'leo' })
    await page.next(1)

    await until(() => expect(activityOf(agent).at(-1)?.last).toMatchObject({ message_data: 'V2' }))
    const told = activityOf(agent)
    expect(new Set(told.map((one) => one.ticket_id))).toEqual(new Set([ticket_id]))
    expect(told.at(-1)?.head).toMatchObject({ seq: first.seq + 1, nth: first.nth + 1 })
    expect(activityOf(other)).toEqual([])
  })
}

describeTwoServers(
  'two servers on one MongoDB that hear each other',
  (servers) => {
    tellsActivity(servers)

    it('[LN14, LN16] leave the line of somebody of V2 as it is, also when their server ends', async () => {
      const [east, west] = await servers.open(servers.newUrl(), 30_000, { limits })
      const desk = await open(await connect(west.url), east, west)
      await west.server.close()
      const admin = await east.connect('root', { role: 'admin' })
      await expectMiaGoesOn(admin, await connect(east.url), desk)
    })
  },
  { withRedis: true },
)

describeTwoServers('two servers on one MongoDB that do not hear each other', tellsActivity)
