import { randomUUID } from 'node:crypto'
import type { Failure } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { key } from './support/attacks.ts'

/** The text of a request that fails because a quota is used up. */
async function limitOf(socket: TestSocket, event: string, payload: object): Promise<string> {
  const answer = (await socket.ask(event, payload)) as Failure
  expect(answer).toMatchObject({ status: 'failure', error: { code: 'limit_reached', retryable: false } })
  return answer.data
}

const made = (fields: object) => ({ ...fields, cid: randomUUID() }) as never

describe('the rooms and tickets of a socket', () => {
  it('[BG9] are at most so many, however many it joins at once; leaving one makes room', async () => {
    const chat = await openChat(onTestFinished, { limits: { socketStreams: 3 } })
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]
    const rooms = Array.from({ length: 10 }, (_, at) => `room ${at}`)
    const answers = await Promise.all(rooms.map((room) => ann.ask('join', { room })))
    const joined = rooms.filter((_, at) => answers[at]?.status === 'success')
    expect(joined).toHaveLength(3)
    expect(await limitOf(ann, 'join', { room: 'another' })).toBe(
      'A connection can join 3 rooms and tickets: leave one',
    )
    const { _id: ticket_id } = await ann
      .request('create_ticket', made({ product: 'sales' }))
      .catch(async () => {
        const root = await chat.connect('root', { role: 'admin' })
        await root.request('create_topic', made({ name: 'sales' }))
        return ann.request('create_ticket', made({ product: 'sales' }))
      })
    await limitOf(ann, 'join_ticket', { ticket_id })
    // It is there already.
    await ann.request('join', { room: joined[0] ?? '' })
    await bob.request('join', { room: 'another' })
    await ann.request('leave', { room: joined[0] ?? '' })
    await ann.request('join_ticket', { ticket_id })
    await limitOf(ann, 'join', { room: joined[0] ?? '' })
  })

  it('[BG9] of a page of V2 are the newest tickets; a room that is one too many fails with a text', async () => {
    const chat = await openChat(onTestFinished, { limits: { socketStreams: 3 } })
    const [page, other] = [await chat.connectV2(), await chat.connectV2()]
    const tickets: string[] = []
    for (let each = 0; each < 5; each++) {
      const { _id } = await page.request(
        'create_ticket',
        made({ ...key, user_id: '12345', product: 'sales' }),
      )
      tickets.push(_id)
    }
    page.skip()
    for (const ticket_id of tickets)
      await other.request(
        'ticket_message_event',
        made({ ...key, ticket_id, product: 'sales', message_data: 'hello' }),
      )
    await page.untilHeard('ticket_message_response', 'ticket_message_response', 'ticket_message_response')
    const heard = (await page.heard(3)).filter(([event]) => event === 'ticket_message_response')
    expect(heard.map(([, answer]) => (answer as { data: { ticket_id: string } }).data.ticket_id)).toEqual(
      tickets.slice(2),
    )
    page.emit('join', { room: 'r' })
    expect(await page.heard(1)).toEqual([
      [
        'my_response',
        {
          data: 'A connection can join 3 rooms and tickets: leave one',
          status: 'failure',
          operation: 'join',
        },
      ],
    ])
  })
})

it('[BG10] a customer has at most so many open tickets; agents, and pages of V2 for their customers, have more', async () => {
  const chat = await openChat(onTestFinished, { limits: { userOpenTickets: 2 } })
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', made({ name: 'sales' }))
  const [ann, tablet, page] = [await chat.connect('ann'), await chat.connect('ann'), await chat.connectV2()]
  const ticket = () => made({ product: 'sales' })
  const answers = await Promise.all(
    [ann, tablet, ann, tablet].map((one) => one.ask('create_ticket', ticket())),
  )
  expect(answers.filter(({ status }) => status === 'success')).toHaveLength(2)
  expect(await limitOf(ann, 'create_ticket', ticket())).toBe(
    'You have 2 open tickets, which is the most you may have',
  )
  const { tickets } = await ann.request('get_tickets', {})
  expect(tickets).toHaveLength(2)
  await ann.request('close_ticket', { ticket_id: tickets[0]?._id ?? '' })
  await ann.request('create_ticket', ticket())
  for (let each = 0; each < 4; each++) {
    await root.request('create_ticket', ticket())
    await page.request('create_ticket', made({ ...key, user_id: '12345', product: 'sales' }))
  }
})

it('[BG10, MO7] all guests of a workspace have at most so many open tickets and reports; others go on', async () => {
  const limits = { guestsOpenTickets: 3, guestsOpenReports: 2 }
  const chat = await openChat(onTestFinished, { limits })
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', made({ name: 'sales' }))
  const asGuest = { protocol: 1, workspace_id: 'demo', guest: true }
  const guests = await Promise.all(Array.from({ length: 4 }, () => chat.open(asGuest).admitted()))
  const [one, two, three, four] = guests as [TestSocket, TestSocket, TestSocket, TestSocket]
  const ann = await chat.connect('ann')
  const ticket = () => made({ product: 'sales' })
  const report = () => made({ user_id: 'eve', reason: 'Spam' })
  const { _id: ticket_id } = await one.request('create_ticket', ticket())
  for (const guest of [two, three]) await guest.request('create_ticket', ticket())
  expect(await limitOf(four, 'create_ticket', ticket())).toBe(
    'The guests of this workspace have 3 open tickets, which is the most they may have',
  )
  for (const guest of [one, two]) await guest.request('report', report())
  expect(await limitOf(three, 'report', report())).toBe(
    "2 of this workspace's guests' reports wait for an answer, which is the most that may",
  )
  await ann.request('create_ticket', ticket())
  await ann.request('report', report())
  await one.request('close_ticket', { ticket_id })
  await four.request('create_ticket', ticket())
})

it('[BG15] a customer makes at most so many rooms, and a workspace has at most so many; agents have no limit of their own', async () => {
  const chat = await openChat(onTestFinished, { limits: { userRooms: 2, workspaceRooms: 5 } })
  const [ann, tablet, meg] = [
    await chat.connect('ann'),
    await chat.connect('ann'),
    await chat.connect('meg', { role: 'agent' }),
  ]
  const room = (fields: object = {}) => made({ kind: 'members', members: [], ...fields })
  const first = room()
  const { _id } = await ann.request('create_room', first)
  const answers = await Promise.all([tablet, ann, tablet].map((one) => one.ask('create_room', room())))
  expect(answers.filter(({ status }) => status === 'success')).toHaveLength(1)
  expect(await limitOf(ann, 'create_room', room())).toBe(
    'You have made 2 rooms, which is the most you may make',
  )
  await ann.request('close_room', { room: _id })
  await limitOf(ann, 'create_room', room())
  expect(await ann.request('create_room', first)).toMatchObject({ _id })
  const direct = () => room({ kind: 'direct', members: ['ann'] })
  const between = await meg.request('create_room', direct())
  expect(await ann.request('create_room', room({ kind: 'direct', members: ['meg'] }))).toEqual(between)
  for (let each = 0; each < 2; each++) await meg.request('create_room', room())
  expect(await limitOf(meg, 'create_room', room())).toBe(
    'The workspace has 5 rooms with members, which is the most it may have',
  )
  expect(await meg.request('create_room', direct())).toEqual(between)
  const elsewhere = await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key' })
  await elsewhere.request('create_room', room())
})

it('[BG11] a caller rings each user once, and at most so many; who is rung too often hears nothing', async () => {
  const chat = await openChat(onTestFinished, { limits: { callerPendingCalls: 2 } })
  const [ann, ben, bob, bea] = [
    await chat.connect('ann'),
    await chat.connect('ben'),
    await chat.connect('bob'),
    await chat.connect('bea'),
  ]
  const ring = (userToCall: string) => made({ userToCall, signalData: { type: 'offer', sdp: 'x' } })
  const first = await ann.request('callUser', ring('ben'))
  const text = 'You are ringing already: one call to the same person, and 2 in all, may wait for an answer'
  for (let each = 0; each < 20; each++) expect(await limitOf(ann, 'callUser', ring('ben'))).toBe(text)
  await ann.request('callUser', ring('bob'))
  await limitOf(ann, 'callUser', ring('bea'))
  expect((await ben.heard(1)).map(([event]) => event)).toEqual(['callUser'])
  expect((await bob.heard(1)).map(([event]) => event)).toEqual(['callUser'])
  expect(await bea.heard()).toEqual([])
  await ann.request('endCall', first)
  await ann.request('callUser', ring('bea'))
  expect((await bea.heard(1)).map(([event]) => event)).toEqual(['callUser'])
})

it('[BG12] a workspace has at most so many topics and line managers, also those that tickets would make', async () => {
  const chat = await openChat(onTestFinished, { limits: { workspaceTopics: 1, workspaceLineManagers: 1 } })
  const [root, page] = [await chat.connect('root', { role: 'admin' }), await chat.connectV2()]
  await root.request('create_topic', made({ name: 'sales' }))
  expect(await limitOf(root, 'create_topic', made({ name: 'billing' }))).toBe(
    'The workspace has 1 topics, which is the most it may have',
  )
  await root.request('create_ticket', made({ product: 'sales' }))
  await limitOf(root, 'create_ticket', made({ product: 'billing' }))
  page.skip()
  page.emit('create_ticket', { ...key, user_id: '12345', product: 'billing' })
  expect(await page.next(1)).toMatchObject([
    ['ticket_response', { status: 'failure', operation: 'create_ticket' }],
  ])
  const manager = (user_id: string) =>
    made({ user_id, positions_in_a_line: 1, average_serving_time: 5, is_unmanaged: true })
  await root.request('create_line_manager', manager('mia'))
  expect(await limitOf(root, 'create_line_manager', manager('max'))).toContain('1 line managers')
  const others = await chat.connect('root', { role: 'admin', workspace_id: 'other', api_key: 'other-key' })
  await others.request('create_topic', made({ name: 'billing' }))
})
