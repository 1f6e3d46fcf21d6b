import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../chat-server.ts'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { openChat, type TestChat } from '../testing/connect.ts'

const key = { workspace_id: 'demo', api_key: 'demo-key' }

/** A logger that keeps its lines as JSON. */
function recordingLogger(): { lines: string[]; logger: Logger } {
  const lines: string[] = []
  const log = (fields: object, message: string) => void lines.push(JSON.stringify([message, fields]))
  return { lines, logger: { info: log, warn: log, error: log } }
}

/** The id of a failed request in its answer. */
function requestIdIn(answer: unknown): string {
  const { error } = answer as { error?: { details?: { request_id?: string } } }
  return error?.details?.request_id ?? 'none'
}

/** A server whose store lists topics in a way of its own, as a faulty driver could, once it has started. */
async function openWithTopics(
  list: () => Promise<unknown>,
  options: Partial<ChatServerOptions> = {},
): Promise<TestChat> {
  const store = await embeddedStore({ path: ':memory:' })
  let isStarted = false
  const listTopics = (workspaceId: string) => (isStarted ? list() : store.topics.list(workspaceId))
  const topics = { ...store.topics, list: listTopics as Store['topics']['list'] }
  const chat = await openChat(onTestFinished, { ...options, store: { ...store, topics } })
  isStarted = true
  return chat
}

it('[DI1] answers an acknowledged request there and only there, in canonical form, in both dialects', async () => {
  const chat = await openChat(onTestFinished)
  const current = await chat.connect('root', { role: 'admin' })
  const [named, page] = [
    await chat.connectV2({ ...key, user_id: 'root', role: 'admin' }),
    await chat.connectV2(),
  ]
  const payload = { ...key, product: 'sales', cid: randomUUID() }
  await current.ask('create_topic', { name: 'sales', cid: randomUUID() })
  expect(await current.heard(1)).toMatchObject([['topic_changed', { data: { name: 'sales' } }]])

  const lists = [
    await current.ask('get_tickets', { product: 'sales' }),
    await named.ask('get_tickets', payload),
    await page.ask('get_tickets', payload),
  ]
  expect(lists).toEqual(
    lists.map(() => ({ status: 'success', operation: 'get_tickets', data: { tickets: [], more: false } })),
  )
  const missing = { ticket_id: 'x', message_data: 'x', cid: randomUUID() }
  const failures = [
    await current.ask('ticket_message_event', missing),
    await named.ask('ticket_message_event', missing),
    await page.ask('ticket_message_event', { ...key, ...missing }),
  ]
  const text = 'Ticket x does not exist'
  const error = { code: 'not_found', message: text, retryable: false }
  const failed = { status: 'failure', operation: 'ticket_message_event', data: text, error }
  expect(failures).toEqual([failed, failed, failed])
  for (const socket of [current, named, page]) expect(await socket.heard()).toEqual([])
})

it('[DI2] tells a current socket of a failure that it asked no answer for, and of no success', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, bob, page] = [await chat.connect('ann'), await chat.connect('bob'), await chat.connectV2()]
  for (const socket of [bob, page]) await socket.ask('join', { room: 'r' })
  const error = (code: string) => ({ code, message: expect.any(String), retryable: false })
  const failure = (operation: string, code: string) => [
    'error_response',
    { status: 'failure', operation, data: expect.any(String), error: error(code) },
  ]

  ann.emit('get_all_topics', {})
  expect(await ann.heard()).toEqual([])
  ann.emit('message_event', { room_id: 'r', message_data: ' ', cid: randomUUID() })
  expect(await ann.heard(1)).toEqual([failure('message_event', 'invalid_payload')])
  ann.emit('create_topic', { name: 'sales', cid: randomUUID() })
  expect(await ann.heard(1)).toEqual([failure('create_topic', 'forbidden')])
  ann.emit('nonsense', 1, 2, 3)
  expect(await ann.heard(1)).toEqual([failure('nonsense', 'unknown_event')])
  for (const socket of [bob, page]) expect(await socket.heard()).toEqual([])
})

it('[DI2] tells a V2 socket of an unknown event only in an acknowledgement', async () => {
  const chat = await openChat(onTestFinished)
  const page = await chat.connectV2()
  for (const event of [
    'my_event',
    'join_ticket',
    'get_messages',
    'get_entries',
    'leave_ticket',
    '__proto__',
    'toString',
    '',
  ]) {
    expect(await page.refusal(event, {})).toBe('unknown_event')
    page.emit(event, {})
  }
  expect(await page.heard()).toEqual([])
})

it('[DI1] shows at most 64 characters of the name of an event', async () => {
  const chat = await openChat(onTestFinished)
  const ann = await chat.connect('ann')
  const answer = await ann.ask('x'.repeat(10_000), {})
  expect(answer).toMatchObject({ operation: 'x'.repeat(64), error: { code: 'unknown_event' } })
})

it('[DI5] takes exactly one payload', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
  for (const socket of [ann, page]) {
    expect(await socket.refusal('leave', { room: 'r' }, { room: 'r' })).toBe('invalid_payload')
    expect(await socket.refusal('leave', { room: 'r' }, null)).toBe('invalid_payload')
    expect(await socket.refusal('leave')).toBe('invalid_payload')
    expect(await socket.ask('leave', { room: 'r' })).toMatchObject({ status: 'success' })
  }
})

it('[DI6] shows nothing of a mistake of its own, and logs it', async () => {
  const { lines, logger } = recordingLogger()
  const fail = () => Promise.reject(new TypeError('cannot read /etc/secret of undefined'))
  const chat = await openWithTopics(fail, { logger })
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]

  const failed = await ann.ask('get_all_topics', { note: 'canary-in-a-payload' })
  const error = {
    code: 'internal',
    message: 'The server made a mistake. Try again.',
    retryable: true,
    details: { request_id: expect.stringMatching(/^[0-9a-f]{12}$/) },
  }
  expect(failed).toEqual({ status: 'failure', operation: 'get_all_topics', data: error.message, error })
  page.emit('get_all_topics', key)
  expect(await page.heard(1)).toEqual([
    ['setting_response', { data: error.message, status: 'failure', operation: 'get_all_topics' }],
  ])

  await chat.close()
  expect(lines.filter((line) => line.includes('cannot read /etc/secret'))).toHaveLength(2)
  expect(lines.join()).not.toMatch(/canary-in-a-payload|demo-key/)
})

it('[OM23] gives a failed request an id, in its answer and in each line of the log that tells of it', async () => {
  const { lines, logger } = recordingLogger()
  const debug = (fields: object, step: string) => void lines.push(JSON.stringify([step, fields]))
  const faults: (() => Promise<unknown>)[] = [
    () => Promise.reject(new TypeError('a mistake')),
    () => Promise.reject(new StoreUnavailableError('gone')),
    async () => 'no list of topics',
  ]
  for (const list of faults) {
    const chat = await openWithTopics(list, { logger: { ...logger, debug } })
    const ann = await chat.connect('ann')
    const id = requestIdIn(await ann.ask('get_all_topics', {}))
    await expect
      .poll(() =>
        lines.filter((line) => line.includes(`"request":"${id}"`)).map((line) => JSON.parse(line)[0]),
      )
      .toEqual([expect.stringMatching(/A request failed|An answer breaks its schema/), 'request'])
    await chat.close()
  }
})

it('[DI6] says that a store which cannot be read is unavailable', async () => {
  const { lines, logger } = recordingLogger()
  const fail = () => Promise.reject(new StoreUnavailableError('/dev/secret'))
  const chat = await openWithTopics(fail, { logger })
  const ann = await chat.connect('ann')
  const answer = await ann.ask('get_all_topics', {})
  expect(answer).toMatchObject({ error: { code: 'unavailable', retryable: true } })
  expect(lines.join()).toContain(requestIdIn(answer))
  expect(JSON.stringify(answer)).not.toContain('secret')
})

it.each([[null], [[{ _id: 'x', name: 'Not Normalised', created_at: 'now', key_hash: 'secret' }]]])(
  '[DI1] lets no answer leave that breaks its schema',
  async (topics) => {
    const { lines, logger } = recordingLogger()
    const chat = await openWithTopics(async () => topics, { logger })
    const ann = await chat.connect('ann')
    expect(await ann.refusal('get_all_topics', {})).toBe('internal')
    expect(lines.filter((line) => line.includes('An answer breaks its schema'))).toHaveLength(1)
  },
)

it('[DI1] drops what an answer has beyond its schema', async () => {
  const topic = {
    ...{ _id: 'x', name: 'sales', created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
    ...{ title: null, strategy: 'least_loaded', hours: null, away_text: null },
    targets: { first_answer: null, solved: null },
  }
  const chat = await openWithTopics(async () => [{ ...topic, slot: 1, key_hash: 'secret' }])
  const ann = await chat.connect('ann')
  expect(await ann.request('get_all_topics', {})).toEqual([topic])
})

it('[CT11] makes every id, a UUIDv7, and every time itself, in both dialects', async () => {
  const chat = await openChat(onTestFinished)
  const [root, ann] = [await chat.connect('root', { role: 'admin' }), await chat.connect('ann')]
  const page = await chat.connectV2()
  const from = Date.now()
  const claims = { ...key, _id: 'mine', created_at: '2001-01-01T00:00:00.000Z', cid: randomUUID() }
  const manager = { user_id: 'max', positions_in_a_line: 1, average_serving_time: 4 }

  const made = [
    await root.ask('create_topic', { ...claims, name: 'sales' }),
    await page.ask('create_topic', { ...claims, name: 'support' }),
    await root.ask('create_line_manager', { ...claims, ...manager }),
    await page.ask('create_line_manager', { ...claims, ...manager, user_id: 'mary' }),
    await ann.ask('create_ticket', { ...claims, product: 'sales' }),
    await page.ask('create_ticket', { ...claims, product: 'sales' }),
    await ann.ask('message_event', { ...claims, room_id: 'r', message_data: 'hi' }),
    await page.ask('message_event', { ...claims, room_id: 'r', message_data: 'hi' }),
  ]
  const rows = made.map(({ data }) => data as { _id: string; created_at: string })
  const { callId } = await ann.request('callUser', { userToCall: 'root', signalData: 'x', cid: randomUUID() })
  const { epoch } = await ann.request('join', { room: 'r' })

  const ids = [...rows.map(({ _id }) => _id), callId, epoch]
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(ids.length)
  for (const { created_at } of rows) {
    expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Date.parse(created_at)).toBeGreaterThanOrEqual(from)
    expect(Date.parse(created_at)).toBeLessThanOrEqual(Date.now())
  }
})

it('[GT5] writes to the log that a request failed with a code that its entry does not list', async () => {
  const { lines, logger } = recordingLogger()
  const store = await embeddedStore({ path: ':memory:' })
  // As a faulty driver could.
  const change = async () => ({ refused: 'limit_reached', why: 'There is no place' }) as const
  const chat = await openChat(onTestFinished, {
    store: { ...store, rooms: { ...store.rooms, change } },
    logger,
  })
  const ann = await chat.connect('ann')

  expect(await ann.refusal('leave_room', { room: '~any' })).toBe('limit_reached')
  expect(await ann.refusal('get_room', { room: '~none' })).toBe('not_found')

  const told = lines.filter((line) => line.includes('its entry does not list'))
  expect(told).toEqual([
    '["A request failed with a code that its entry does not list",{"event":"leave_room","code":"limit_reached"}]',
  ])
})
