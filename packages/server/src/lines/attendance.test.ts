import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LineManager } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { until } from '../../tests/support/sockets.ts'
import { createTickets, makeLineManager, message } from '../../tests/support/ticket-line.ts'
import type { ChatServerOptions } from '../chat-server.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Attendance, type MessageDraft, type Store, StoreUnavailableError } from '../stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../testing/connect.ts'

async function withTopic(
  options: Partial<ChatServerOptions> = {},
): Promise<{ chat: TestChat; admin: TestSocket }> {
  const chat = await openChat(onTestFinished, options)
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  return { chat, admin }
}

async function managerOf(admin: TestSocket, user_id: string): Promise<LineManager | undefined> {
  return (await admin.request('get_all_line_managers', {})).find((one) => one.user_id === user_id)
}

/** Waits until a line manager is shown so. */
function shown(admin: TestSocket, user_id: string, wanted: Partial<LineManager>): Promise<void> {
  return until(async () => expect(await managerOf(admin, user_id)).toMatchObject(wanted))
}

it('[LN14] shows a line manager as online while they are connected, and tells agents and admins', async () => {
  const { chat, admin } = await withTopic()
  await makeLineManager(admin, 1)
  expect(await managerOf(admin, 'manager-1')).toMatchObject({ availability: 'online', is_unmanaged: true })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await shown(admin, 'manager-1', { availability: 'online', is_unmanaged: false })
  const second = await chat.connect('manager-1', { role: 'agent' })
  agent.socket.disconnect()
  await second.settle()
  expect(await managerOf(admin, 'manager-1')).toMatchObject({ availability: 'online' })
  second.socket.disconnect()
  await shown(admin, 'manager-1', { availability: 'offline' })
  await admin.first('line_manager_changed', ({ data }) => data.availability === 'offline')
  await chat.connect('manager-1', { role: 'agent' })
  await shown(admin, 'manager-1', { availability: 'online' })
})

it('[LN14] gives nothing to a new line manager before they come, unless they are made unmanaged', async () => {
  const { chat, admin } = await withTopic()
  const rank = { positions_in_a_line: 1, average_serving_time: 4 }
  const max = { user_id: 'max', ...rank, cid: randomUUID() }
  const offline = { availability: 'offline', is_unmanaged: false }
  expect(await admin.request('create_line_manager', max)).toMatchObject(offline)
  const [ticket] = await createTickets(await chat.connect('ann'), 1)
  expect(ticket?.line_manager).toBeNull()
  const agent = await chat.connect('max', { role: 'agent' })
  await agent.first('ticket_updated', ({ data }) => data._id === ticket?._id && data.line_manager === 'max')
})

it('[LN14] counts somebody who is connected already when they become a line manager', async () => {
  const { chat, admin } = await withTopic()
  await chat.connect('manager-1', { role: 'agent' })
  expect(await makeLineManager(admin, 1)).toMatchObject({ availability: 'online', is_unmanaged: false })
  // One who only claims to be them does not.
  await chat.connectV2()
  expect(await makeLineManager(admin, 2)).toMatchObject({ availability: 'online', is_unmanaged: true })
})

it('[LN15] gives tickets to those who are online, and takes back what they have not answered when they choose to be offline', async () => {
  const { chat, admin } = await withTopic()
  const one = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  const ann = await chat.connect('ann')
  const tickets = await createTickets(ann, 2)
  const [first, second] = tickets.map(({ _id }) => _id) as [string, string]
  await one.request('ticket_message_event', message(first, 'Hello'))
  expect(await one.request('set_line_availability', { availability: 'away' })).toMatchObject({
    availability: 'away',
    ticket_count: 2,
  })
  const [third] = await createTickets(ann, 1)
  expect(third?.line_manager).toBeNull()
  const offline = await one.request('set_line_availability', { availability: 'offline' })
  expect(offline).toMatchObject({ availability: 'offline', ticket_count: 1 })
  expect(await ann.request('get_ticket', { ticket_id: second })).toMatchObject({
    state: 'waiting',
    line_manager: null,
    enqueued_at: tickets[1]?.enqueued_at,
  })
  // What they have chosen stays while they come and go.
  one.socket.disconnect()
  const again = await chat.connect('manager-1', { role: 'agent' })
  await again.settle()
  expect(await managerOf(admin, 'manager-1')).toMatchObject({ availability: 'offline' })
  const online = await again.request('set_line_availability', { availability: 'online' })
  expect(online).toMatchObject({ availability: 'online', ticket_count: 3 })
})

it('[LN16] hands back the tickets of whoever stays away: at first those that they have not answered, later all', async () => {
  const { chat, admin } = await withTopic()
  const one = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  const ann = await chat.connect('ann')
  const [answered, unanswered] = (await createTickets(ann, 2)).map(({ _id }) => _id) as [string, string]
  await one.request('ticket_message_event', message(answered, 'Hello'))
  one.socket.disconnect()
  await shown(admin, 'manager-1', { availability: 'offline' })
  await chat.server.clock.advance(30_000)
  expect(await managerOf(admin, 'manager-1')).toMatchObject({ ticket_count: 2 })
  await chat.server.clock.advance(31_000)
  await until(async () => expect(await managerOf(admin, 'manager-1')).toMatchObject({ ticket_count: 1 }))
  expect((await ann.request('get_ticket', { ticket_id: unanswered })).state).toBe('waiting')
  const messages = await ann.request('get_ticket_messages', { ticket_id: unanswered })
  expect(messages.map(({ kind }) => kind)).toEqual(['handed_back'])
  await chat.connect('manager-2', { role: 'agent' })
  await makeLineManager(admin, 2)
  expect((await ann.request('get_ticket', { ticket_id: unanswered })).line_manager).toBe('manager-2')
  expect((await ann.request('get_ticket', { ticket_id: answered })).line_manager).toBe('manager-1')
  await chat.server.clock.advance(600_000)
  await until(async () =>
    expect((await ann.request('get_ticket', { ticket_id: answered })).line_manager).toBe('manager-2'),
  )
})

it('[LN17] changes, pauses and removes line managers, whose tickets go to others', async () => {
  const { chat, admin } = await withTopic()
  for (const position of [1, 2]) await makeLineManager(admin, position, 2)
  const ann = await chat.connect('ann')
  const tickets = await createTickets(ann, 5)
  const user_id = 'manager-1'
  expect(await admin.request('update_line_manager', { user_id, capacity: 3 })).toMatchObject({
    capacity: 3,
    ticket_count: 3,
  })
  await admin.request('update_line_manager', { user_id, is_active: false })
  const { _id: ticket_id } = tickets[0] as (typeof tickets)[0]
  await admin.request('close_ticket', { ticket_id })
  expect((await createTickets(ann, 1))[0]?.line_manager).toBeNull()
  await admin.request('update_line_manager', { user_id: 'manager-2', capacity: null })
  expect(await admin.request('remove_line_manager', { user_id })).toEqual({ user_id, tickets: 2 })
  await admin.first('line_manager_removed', (removed) => removed.user_id === user_id)
  expect(await admin.request('get_all_line_managers', {})).toMatchObject([{ ticket_count: 5 }])
  expect((await admin.ask('remove_line_manager', { user_id })).status).toBe('failure')
})

it('[LN17] leaves nothing with whoever is removed, though they claim meanwhile or an earlier removal was cut off', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  const { admin, chat } = await withTopic({ store: { ...store, close: async () => {} } })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  await agent.request('set_line_availability', { availability: 'away' })
  const tickets = await createTickets(await chat.connect('ann'), 8)
  await Promise.all([
    ...tickets.map(({ _id: ticket_id }) => agent.ask('claim_ticket', { ticket_id })),
    admin.request('remove_line_manager', { user_id: 'manager-1' }),
  ])
  const holders = async () => {
    const listed = await admin.request('get_tickets', {})
    return new Set(listed.tickets.map(({ line_manager }) => line_manager))
  }
  expect(await holders()).toEqual(new Set([null]))

  await makeLineManager(admin, 2)
  expect(await holders()).toEqual(new Set(['manager-2']))
  // As if the server had ended behind the removal.
  await store.lineManagers.remove('demo', 'manager-2')
  expect(await admin.refusal('remove_line_manager', { user_id: 'manager-2' })).toBe('not_found')
  expect(await holders()).toEqual(new Set([null]))
})

it('[LN18] merges two lines and splits them again', async () => {
  const { chat, admin } = await withTopic()
  for (const position of [1, 2]) await makeLineManager(admin, position)
  const ann = await chat.connect('ann')
  await createTickets(ann, 8)
  const [from, to] = ['manager-1', 'manager-2']
  expect(await admin.request('merge_line', { from, to })).toEqual({ tickets: 4 })
  expect(await admin.request('merge_line', { from, to })).toEqual({ tickets: 0 })
  expect(await managerOf(admin, from)).toMatchObject({ is_active: false, ticket_count: 0 })
  expect((await createTickets(ann, 1))[0]?.line_manager).toBe(to)
  expect(await admin.request('split_line', { from, to })).toEqual({ tickets: 4 })
  expect(await managerOf(admin, from)).toMatchObject({ is_active: true, ticket_count: 4 })
  expect(await managerOf(admin, to)).toMatchObject({ ticket_count: 5 })
})

/** A store that fails in some calls, at first: where the arguments are such. @param isStored whether it has done it then */
async function failingStore(
  fails: (method: string, args: readonly unknown[]) => boolean,
  { isStored = false, times = 1 } = {},
): Promise<{ store: Store; failed: () => number }> {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  let failures = 0
  const failing = <Domain extends object>(domain: Domain): Domain =>
    new Proxy(domain, {
      get(target, method) {
        const run = Reflect.get(target, method) as (...args: unknown[]) => Promise<unknown>
        return async (...args: unknown[]) => {
          if (failures >= times || !fails(String(method), args)) return run(...args)
          failures += 1
          if (isStored) await run(...args)
          throw new StoreUnavailableError('The disk is full')
        }
      },
    })
  const { lineManagers, streams, tickets } = store
  const domains = {
    lineManagers: failing(lineManagers),
    streams: failing(streams),
    tickets: failing(tickets),
  }
  return { store: { ...store, ...domains, close: async () => {} }, failed: () => failures }
}

const isAttending = (is_connected: boolean) => (method: string, args: readonly unknown[]) =>
  method === 'attend' && (args[2] as Attendance).is_connected === is_connected

/** How often it was told that a line manager is so. */
function timesTold({ frames }: TestSocket, availability: LineManager['availability']): number {
  const told = frames.filter(([event]) => event === 'line_manager_changed')
  return told.filter(([, push]) => (push as { data: LineManager }).data.availability === availability).length
}

it('[LN14] notes that somebody has gone though the store fails as they go', async () => {
  const { store, failed } = await failingStore(isAttending(false))
  const { chat, admin } = await withTopic({ store })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  agent.socket.disconnect()
  await until(() => expect(failed()).toBe(1))
  // Before anybody looks for those whom nobody has missed.
  const isGone = async () =>
    expect(await managerOf(admin, 'manager-1')).toMatchObject({ availability: 'offline' })
  await vi.waitFor(isGone, { timeout: 20_000 })
})

it('[LN14] tells that somebody has come though the store does not answer that it has written it', async () => {
  const { store, failed } = await failingStore(isAttending(true), { isStored: true })
  const { chat, admin } = await withTopic({ store })
  const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
  await admin.request('create_line_manager', max)
  const [ticket] = await createTickets(await chat.connect('ann'), 1)
  const agent = await chat.connect('max', { role: 'agent' })
  await agent.first('ticket_updated', ({ data }) => data._id === ticket?._id && data.line_manager === 'max')
  await admin.settle()
  expect(timesTold(admin, 'online')).toBe(1)
  expect(failed()).toBe(1)
})

it('[LN14] tells that somebody has gone though the store does not answer that it has written it', async () => {
  const { store, failed } = await failingStore(isAttending(false), { isStored: true })
  const { chat, admin } = await withTopic({ store })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  agent.socket.disconnect()
  await until(() => expect(timesTold(admin, 'offline')).toBe(1))
  expect(failed()).toBe(1)
})

it('[LN14] reads nothing of those who have gone while another server cannot be asked', async () => {
  const inner = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => inner.close())
  let beat = 0
  let isAlive = true
  let reads = 0
  const store: Store = {
    ...inner,
    lineManagers: {
      ...inner.lineManagers,
      get: (...args) => {
        reads += 1
        return inner.lineManagers.get(...args)
      },
    },
    nodes: {
      beat: async () => undefined,
      list: async () => [{ id: 'west', beat: isAlive ? beat++ : beat }],
      remove: async () => undefined,
    },
    close: async () => {},
  }
  const nothing = async (): Promise<void> => undefined
  const bus = { start: nothing, publish: () => undefined, isConnected: false, stop: nothing }
  const { chat, admin } = await withTopic({ store, bus, keyPepper: 'pepper'.repeat(6) })
  const names = Array.from({ length: 10 }, (_, at) => `manager-${at + 1}`)
  const agents = await Promise.all(names.map((name) => chat.connect(name, { role: 'agent' })))
  for (const at of names.keys()) await makeLineManager(admin, at + 1)
  reads = 0
  for (const { socket } of agents) socket.disconnect()
  isAlive = false
  const allGone = async () => {
    const all = await admin.request('get_all_line_managers', {})
    expect(all.map(({ availability }) => availability)).toEqual(names.map(() => 'offline'))
  }
  await vi.waitFor(allGone, { timeout: 20_000, interval: 100 })
  expect(reads).toBeLessThan(3 * names.length)
})

it('[LN20] gives what waits though the store fails as somebody comes', async () => {
  const { store, failed } = await failingStore((method) => method === 'assignWaiting' && isComing)
  let isComing = false
  const { chat, admin } = await withTopic({ store })
  const ann = await chat.connect('ann')
  const [ticket] = await createTickets(ann, 1)
  const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
  await admin.request('create_line_manager', max)
  isComing = true
  const agent = await chat.connect('max', { role: 'agent' })
  await until(() => expect(failed()).toBe(1))
  await chat.server.clock.advance(1)
  await agent.first('ticket_updated', ({ data }) => data._id === ticket?._id && data.line_manager === 'max')
})

it('[LN14, LN20] tells once that somebody has come though nothing can be given for a while, and gives it then', async () => {
  const { store, failed } = await failingStore((method) => method === 'assignWaiting' && isComing, {
    times: 5,
  })
  let isComing = false
  const { chat, admin } = await withTopic({ store })
  const [ticket] = await createTickets(await chat.connect('ann'), 1)
  const max = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
  await admin.request('create_line_manager', max)
  isComing = true
  const agent = await chat.connect('max', { role: 'agent' })
  await vi.waitFor(() => expect(failed()).toBe(5), { timeout: 20_000 })
  await agent.first('ticket_updated', ({ data }) => data._id === ticket?._id && data.line_manager === 'max')
  await admin.settle()
  expect(timesTold(admin, 'online')).toBe(1)
})

it('[LN20] sends tickets that go back to the line though their conversations do not take it', async () => {
  const { store, failed } = await failingStore(
    (method, args) =>
      method === 'append' && (args[1] as readonly MessageDraft[]).some(({ kind }) => kind === 'handed_back'),
  )
  const { chat, admin } = await withTopic({ store })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  const [ticket] = await createTickets(await chat.connect('ann'), 1)
  await agent.request('set_line_availability', { availability: 'offline' })
  expect(failed()).toBe(1)
  await admin.first('ticket_updated', ({ data }) => data._id === ticket?._id && data.state === 'waiting')
})

it('[LN15] takes back all that somebody has not answered, though some of it is closed meanwhile', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  onTestFinished(() => store.close())
  // As a store whose tickets are read before they are moved.
  const handBack: Store['tickets']['handBack'] = async (workspaceId, lineManager, how) => {
    const handed = await store.tickets.handBack(workspaceId, lineManager, how)
    return handed.slice(1)
  }
  const shared = { ...store, tickets: { ...store.tickets, handBack }, close: async () => {} }
  const { chat, admin } = await withTopic({ store: shared })
  const agent = await chat.connect('manager-1', { role: 'agent' })
  await makeLineManager(admin, 1)
  for (const name of ['ann', 'ben', 'cem']) await createTickets(await chat.connect(name), 50)
  await agent.request('set_line_availability', { availability: 'offline' })
  expect((await admin.request('get_tickets', { line_manager: 'manager-1' })).tickets).toEqual([])
})

it('[LN19] finds those who were there in the last run and have not come back', async () => {
  const path = mkdtempSync(join(tmpdir(), 'line-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const open = async () => openChat(onTestFinished, { store: await embeddedStore({ path }) })
  const before = await open()
  const admin = await before.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (const name of ['manager-1', 'manager-2']) await before.connect(name, { role: 'agent' })
  for (const position of [1, 2]) await makeLineManager(admin, position)
  await before.server.close()
  const after = await open()
  const root = await after.connect('root', { role: 'admin' })
  await after.connect('manager-2', { role: 'agent' })
  await until(async () =>
    expect(await managerOf(root, 'manager-1')).toMatchObject({ availability: 'offline' }),
  )
  expect(await managerOf(root, 'manager-2')).toMatchObject({ availability: 'online' })
})
