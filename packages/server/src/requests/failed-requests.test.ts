import { randomUUID } from 'node:crypto'
import type { Ticket } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { callTo, offer } from '../../tests/support/phones.ts'
import { keyPepper, storedKey } from '../../tests/support/stored-keys.ts'
import { createTickets, newTicket, withLine } from '../../tests/support/ticket-line.ts'
import type { ChatServerOptions } from '../chat-server.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type MessageDraft, type Store, StoreUnavailableError } from '../stores/store.ts'
import type { TestSocket } from '../testing/connect.ts'

const logger = { info: () => {}, warn: () => {}, error: () => {} }

type Method = (...args: never[]) => Promise<unknown>

/** What becomes of a call: it is made, refused, or made without anybody learning of it. */
type Fate = 'fine' | 'refused' | 'in doubt'

interface Failing {
  readonly store: Store
  /** Says what becomes of the next calls of a method, of which these are told. */
  fail(method: string, fate: (...args: never[]) => Fate): void
}

/** A store whose methods fail where the test says so. */
async function failingStore(): Promise<Failing> {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const fates = new Map<string, (...args: never[]) => Fate>()
  const failing = (domain: 'tickets' | 'topics' | 'streams' | 'lineManagers' | 'rooms' | 'calls') =>
    Object.fromEntries(
      Object.entries(store[domain] as unknown as Record<string, Method>).map(([method, call]) => [
        method,
        async (...args: never[]) => {
          const fate = fates.get(`${domain}.${method}`)?.(...args) ?? 'fine'
          const done = fate === 'refused' ? undefined : await call(...args)
          if (fate !== 'fine') throw new StoreUnavailableError('as planned')
          return done
        },
      ]),
    )
  const domains = {
    tickets: failing('tickets'),
    topics: failing('topics'),
    streams: failing('streams'),
    lineManagers: failing('lineManagers'),
    rooms: failing('rooms'),
    calls: failing('calls'),
  }
  return {
    store: { ...store, ...(domains as unknown as Store), close: async () => {} },
    fail: (method, fate) => void fates.set(method, fate),
  }
}

/** Only the nth call, from now on. */
function nth(n: number, fate: Fate): () => Fate {
  let calls = 0
  return () => {
    calls += 1
    return calls === n ? fate : 'fine'
  }
}

/** The fate of what appends an entry, once. */
function entry(cid: string, fate: Fate): (key: never, drafts: never) => Fate {
  let isOver = false
  return (_key, drafts: readonly MessageDraft[]) => {
    if (isOver || !drafts.some((one) => one.cid.startsWith(cid))) return 'fine'
    isOver = true
    return fate
  }
}

async function withFailing(capacities: readonly (number | null)[], options: Partial<ChatServerOptions> = {}) {
  const { store, fail } = await failingStore()
  const { chat, admin } = await withLine(capacities, { store, logger, ...options })
  return { chat, admin, fail, store, ann: await chat.connect('ann') }
}

const unavailable = async (asked: Promise<unknown>) =>
  expect(await asked).toMatchObject({ status: 'failure', error: { code: 'unavailable' } })

/** What a socket has heard of tickets. */
async function heardOf(socket: TestSocket) {
  return (await socket.heard()).map(([event, frame]) => {
    const { state, line_manager } = (frame as { data: Ticket }).data
    return [event, state, line_manager]
  })
}

it('[DI3] announces what is stored of a request that fails then, here with the line manager whom it began with', async () => {
  const { chat, admin, ann, fail } = await withFailing([])
  const agent = await chat.connect('max', { role: 'agent' })
  const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
  await admin.request('create_line_manager', max)
  await createTickets(ann, 2)
  await admin.heard()

  // Also that of who looks after the lines, whenever it comes.
  fail('tickets.assignWaiting', () => 'refused')
  await unavailable(agent.ask('set_line_availability', { availability: 'offline' }))

  const heard = await admin.heard(3)
  expect(heard).toMatchObject([
    ['ticket_updated', { data: { state: 'waiting', line_manager: null } }],
    ['ticket_updated', { data: { state: 'waiting', line_manager: null } }],
    ['line_manager_changed', { data: { user_id: 'max', availability: 'offline' } }],
  ])
})

it('[DI3] announces a change of a line manager whose request fails then', async () => {
  const { admin, fail } = await withFailing([null])
  // Also that of who looks after the lines, whenever it comes.
  fail('tickets.assignWaiting', () => 'refused')
  await unavailable(admin.ask('update_line_manager', { user_id: 'manager-1', capacity: 7 }))
  expect(await admin.heard(1)).toMatchObject([['line_manager_changed', { data: { capacity: 7 } }]])
})

it('[DI3] announces those that a merge has moved before it fails', async () => {
  const { admin, ann, fail } = await withFailing([null, null])
  await admin.request('update_line_manager', { user_id: 'manager-2', is_active: false })
  await createTickets(ann, 30)
  await admin.request('update_line_manager', { user_id: 'manager-2', is_active: true })
  await admin.heard()
  fail('tickets.move', nth(25, 'refused'))
  await unavailable(admin.ask('merge_line', { from: 'manager-1', to: 'manager-2' }))
  const told = (await admin.heard()).flatMap(([event, frame]) =>
    event === 'ticket_updated' ? [(frame as { data: Ticket }).data] : [],
  )
  const moved = told.filter(({ line_manager }) => line_manager === 'manager-2')
  const { tickets } = await admin.request('get_tickets', { line_manager: 'manager-2' })
  expect(tickets.length).toBeGreaterThan(20)
  expect(new Set(moved.map(({ _id }) => _id))).toEqual(new Set(tickets.map(({ _id }) => _id)))
})

it.each([
  ['create_ticket', 'tickets.create'],
  ['close_ticket', 'tickets.move'],
  ['hold_ticket', 'tickets.move'],
  ['update_ticket', 'tickets.update'],
  ['create_topic', 'topics.create'],
] as const)('[DI3] announces nothing of a %s that is not stored', async (request, method) => {
  const { admin, ann, fail } = await withFailing([null])
  const [{ _id: ticket_id }] = (await createTickets(ann, 1)) as [Ticket]
  await admin.heard()
  fail(method, nth(1, 'refused'))
  const payloads = {
    create_ticket: newTicket(),
    close_ticket: { ticket_id },
    hold_ticket: { ticket_id, is_on_hold: true },
    update_ticket: { ticket_id, subject: 'x' },
    create_topic: { name: 'bills', cid: randomUUID() },
  }
  await unavailable(admin.ask(request, payloads[request] as never))
  expect(await admin.heard()).toEqual([])
  await admin.request(request, payloads[request] as never)
  expect(await admin.heard(1)).toHaveLength(1)
})

it('[DI3] announces nothing of a request that is refused', async () => {
  const { chat, admin, ann } = await withFailing([null])
  const agent = await chat.connect('none', { role: 'agent' })
  const [ticket] = await createTickets(ann, 1)
  await admin.heard()
  expect(await agent.refusal('claim_ticket', { ticket_id: ticket?._id ?? '' })).toBe('conflict')
  expect(await admin.heard()).toEqual([])
})

it.each([
  ['hold_ticket', 'held:', 'on_hold'],
  ['close_ticket', 'closed:', 'closed'],
] as const)('[DI3] announces a %s whose conversation does not take it now', async (request, cid, state) => {
  const { admin, ann, fail } = await withFailing([null])
  const [{ _id: ticket_id }] = (await createTickets(ann, 1)) as [Ticket]
  await admin.heard()
  fail('streams.append', entry(cid, 'refused'))
  const payload = request === 'hold_ticket' ? { ticket_id, is_on_hold: true } : { ticket_id }
  await unavailable(admin.ask(request, payload as never))
  expect(await heardOf(admin)).toEqual([['ticket_updated', state, 'manager-1']])
})

it.each(['refused', 'in doubt'] as const)(
  '[LN11] tells of a ticket once, and gives it, where its first message is %s at first',
  async (fate) => {
    const { admin, ann, fail } = await withFailing([null], {
      strategy: (_ticket, [first]) => first?.user_id ?? null,
    })
    fail('streams.append', entry('first:', fate))
    const asked = { ...newTicket(), message_data: 'It does not brake' }
    await unavailable(ann.ask('create_ticket', asked))
    expect(await heardOf(admin)).toEqual([['new_ticket', 'waiting', null]])
    expect(await ann.request('create_ticket', asked)).toMatchObject({ line_manager: 'manager-1' })
    expect(await heardOf(admin)).toEqual([['ticket_updated', 'assigned', 'manager-1']])
    await ann.request('create_ticket', asked)
    expect(await admin.heard()).toEqual([])
  },
)

it('[DI7] tells of a ticket whose making was left in doubt, once, when it is made again', async () => {
  const { admin, ann, fail } = await withFailing([null])
  fail('tickets.create', nth(1, 'in doubt'))
  const asked = newTicket()
  await unavailable(ann.ask('create_ticket', asked))
  expect(await admin.heard()).toEqual([])
  for (const _ of [1, 2]) await ann.request('create_ticket', asked)
  expect(await heardOf(admin)).toEqual([['new_ticket', 'assigned', 'manager-1']])
})

it.each([
  ['hold_ticket', 'tickets.move', 'on_hold'],
  ['close_ticket', 'tickets.move', 'closed'],
  ['assign_ticket', 'tickets.move', 'assigned'],
] as const)(
  '[DI7] tells of a %s that was left in doubt when it is repeated',
  async (request, method, state) => {
    const { admin, ann, fail } = await withFailing([1, null])
    const [{ _id: ticket_id }] = (await createTickets(ann, 1)) as [Ticket]
    await admin.heard()
    fail(method, nth(1, 'in doubt'))
    const payloads = {
      hold_ticket: { ticket_id, is_on_hold: true },
      close_ticket: { ticket_id },
      assign_ticket: { ticket_id, line_manager: 'manager-2' },
    }
    await unavailable(admin.ask(request, payloads[request] as never))
    expect(await admin.heard()).toEqual([])
    await admin.request(request, payloads[request] as never)
    const who = request === 'assign_ticket' ? 'manager-2' : 'manager-1'
    expect(await heardOf(admin)).toEqual([['ticket_updated', state, who]])
    await admin.request(request, payloads[request] as never)
    expect(await admin.heard()).toEqual([])
  },
)

it('[DI7] tells nothing of a close that is repeated where another request about its ticket has failed', async () => {
  const { admin, ann, fail } = await withFailing([null])
  const [{ _id: ticket_id }] = (await createTickets(ann, 1)) as [Ticket]
  await admin.request('close_ticket', { ticket_id })
  await admin.heard()
  fail('tickets.get', nth(1, 'refused'))
  await unavailable(admin.ask('join_ticket', { ticket_id }))
  fail('tickets.get', nth(1, 'refused'))
  await unavailable(admin.ask('hold_ticket', { ticket_id, is_on_hold: true }))
  await admin.request('close_ticket', { ticket_id })
  expect(await admin.heard()).toEqual([])
})

it('[DI7] tells nothing of a topic that was not made at first once it is told', async () => {
  const { admin, fail } = await withFailing([])
  fail('topics.create', nth(1, 'refused'))
  const bills = { name: 'bills', cid: randomUUID() }
  await unavailable(admin.ask('create_topic', bills))
  await admin.request('create_topic', bills)
  expect(await admin.heard(1)).toHaveLength(1)
  await admin.request('create_topic', bills)
  expect(await admin.heard()).toEqual([])
})

it('[CA20] rings a V2 page of which cannot be read whether it talks', async () => {
  const { chat, ann, fail } = await withFailing([])
  const page = await chat.connectV2()
  fail('calls.listOpen', nth(1, 'refused'))
  const call = callTo(page.id)
  const { callId } = await ann.request('callUser', call)
  expect(await page.heard(1)).toMatchObject([['callUser', { signal: offer }]])
  expect(await ann.request('callUser', call)).toEqual({ callId })
  expect(await page.heard()).toEqual([])
})

it('[DI7] tells of a topic that was left in doubt when it is repeated, and of a plain repetition nothing', async () => {
  const { admin, fail } = await withFailing([])
  const plain = { name: 'plain', cid: randomUUID() }
  await admin.request('create_topic', plain)
  await admin.heard()
  await admin.request('create_topic', plain)
  expect(await admin.heard()).toEqual([])
  fail('topics.create', nth(1, 'in doubt'))
  const bills = { name: 'bills', cid: randomUUID() }
  await unavailable(admin.ask('create_topic', bills))
  expect(await admin.heard()).toEqual([])
  await admin.request('create_topic', bills)
  expect(await admin.heard(1)).toMatchObject([['topic_changed', { data: { name: 'bills' } }]])
})

it.each([
  ['the next one cannot be read', 'tickets.firstInLine', 2],
  ['whoever has it cannot be looked for', 'lineManagers.get', 1],
] as const)(
  '[LN12] tells of the tickets that a team’s own function has given though %s',
  async (_, method, at) => {
    const { admin, ann, fail } = await withFailing([], {
      strategy: (_ticket, [first]) => first?.user_id ?? null,
    })
    await createTickets(ann, 2)
    const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, is_unmanaged: true }
    await admin.request('create_line_manager', { ...max, cid: randomUUID(), capacity: 1 })
    await admin.heard()
    fail(method, nth(at, 'refused'))
    const { tickets } = await admin.request('get_tickets', { line_manager: 'max' })
    await admin.request('close_ticket', { ticket_id: tickets[0]?._id ?? '' })
    const heard = await heardOf(admin)
    expect(heard).toContainEqual(['ticket_updated', 'assigned', 'max'])
  },
)

it('[AT1] records that a member was removed by a request that fails then', async () => {
  const { chat, ann, fail, store } = await withFailing([], { keyPepper })
  const { secret } = await storedKey(store, { scopes: ['audit'] })
  const [ben, operator] = [await chat.connect('ben'), await chat.connect('operator', { api_key: secret })]
  const { _id: room } = await ann.request('create_room', {
    ...{ kind: 'members', members: ['ben'], cid: randomUUID() },
  })
  await ben.request('join', { room })
  fail('rooms.memberIds', nth(1, 'refused'))
  await unavailable(ann.ask('remove_members', { room, members: ['ben'] }))
  const removed = expect.objectContaining({ act: 'remove_member', object: room, user_id: 'ben' })
  // The trail is written behind the requests.
  const trail = async () => (await operator.request('get_audit', {})).entries
  await expect.poll(trail).toContainEqual(removed)
})
