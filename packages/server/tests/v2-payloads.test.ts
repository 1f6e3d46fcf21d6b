import { describe, expect, it } from 'vitest'
import {
  connect,
  connectAs,
  key,
  runningServer,
  serverUrl,
  unique,
  type V2Client,
} from './support/v2-client.ts'
import { failure, live, makeTicket, notice, refused, text } from './support/v2-frames.ts'

type Fields = Record<string, unknown>

interface Request {
  event: string
  /** Where a failure without an acknowledgement goes, and V2's spelling of the request there. */
  response: string
  operation: string
  valid: Fields
  required: readonly string[]
  /** Ids that may be missing. */
  optional: readonly string[]
}

const request = (
  event: string,
  response: string,
  operation: string,
  valid: Fields,
  required: string[],
  optional: string[] = [],
): Request => ({
  event,
  response,
  operation,
  valid,
  required,
  optional,
})
const manager = { user_id: 'x', positions_in_a_line: 1, average_serving_time: 4 }
const message = { ticket_id: 'x', message_data: 'x', user_id: 'x' }

// All that a V2 client emits; its sixteenth event is the disconnect.
const requests: Request[] = [
  request('join', 'my_response', 'join', { room: 'x' }, ['room']),
  request('leave', 'my_response', 'leave', { room: 'x' }, ['room']),
  request('message_event', 'my_response', 'message_event', { room_id: 'x', message_data: 'x' }, [
    'room_id',
    'message_data',
  ]),
  request('callUser', 'error_response', 'callUser', { userToCall: 'x', signalData: 'x' }, [
    'userToCall',
    'signalData',
  ]),
  request('answerCall', 'error_response', 'answerCall', { signal: 'x', to: 'x' }, ['signal'], ['to']),
  request('endCall', 'error_response', 'endCall', {}, []),
  request('create_topic', 'setting_response', 'create_topic', { ...key, name: 'x' }, ['name']),
  request('get_all_topics', 'setting_response', 'get_all_topics', key, []),
  request(
    'create_line_manager',
    'setting_response',
    'create_line_manager',
    { ...key, ...manager },
    Object.keys(manager),
  ),
  request('get_all_line_managers', 'setting_response', 'get_all_line_managers', key, []),
  request(
    'create_ticket',
    'ticket_response',
    'create_ticket',
    { ...key, product: 'x' },
    ['product'],
    ['user_id'],
  ),
  request('get_tickets', 'ticket_response', 'get_ticket', { ...key, product: 'x' }, [], ['product']),
  request('close_ticket', 'ticket_response', 'close_ticket', { ...key, ticket_id: 'x' }, ['ticket_id']),
  request(
    'ticket_message_event',
    'error_response',
    'send_message',
    { ...key, ...message },
    ['ticket_id', 'message_data'],
    ['user_id'],
  ),
  request(
    'get_ticket_messages',
    'ticket_message_response',
    'get_ticket_messages',
    { ...key, ticket_id: 'x' },
    ['ticket_id'],
  ),
]

const operators = [{ $ne: null }, { $gt: '' }, { $regex: '.*' }, { $in: ['x'] }]
const wrong: unknown[] = [undefined, null, true, [], {}, ['a', 'b'], '', ' \t', ...operators]
const wrongIds: unknown[] = ['x'.repeat(129), 'a\u0000b', 'a\nb', 'a\u202eb', 'a\u200bb', '\ufeff']
const wrongTexts: unknown[] = ['x'.repeat(16_001), '😀'.repeat(16_001), 'a\u0000b']
const signals = ['signalData', 'signal']
const numbers = ['positions_in_a_line', 'average_serving_time']

/** The values that a field must not have. */
function wrongFor(field: string): unknown[] {
  if (signals.includes(field)) return [undefined, null, true, 0, [], ['a'], '', 'x'.repeat(61_441)]
  if (numbers.includes(field)) return [...wrong, 'one', '1e400', -1]
  if (field === 'message_data') return [...wrong, ...wrongTexts]
  return [...wrong, ...wrongIds]
}

/** The arguments of an event that are no payload at all. */
function shapes({ event, valid }: Request): unknown[][] {
  const always = [[[]], ['x'], [0], [true], [[{}]], [[valid]], [valid, valid], [valid, null]]
  return event === 'endCall' ? always : [[], [null], ...always]
}

/** A page asks before it has a ticket, which is no mistake. */
function isNoTicket(event: string, value: unknown): boolean {
  return event === 'get_ticket_messages' && (value === null || value === undefined)
}

function fieldCases({ event, valid, required, optional }: Request): Fields[] {
  const ids = 'api_key' in valid ? [...optional, 'workspace_id', 'api_key'] : optional
  return [
    ...required.flatMap((field) =>
      wrongFor(field)
        .filter((value) => !isNoTicket(event, value))
        .map((value) => ({ ...valid, [field]: value })),
    ),
    ...ids.flatMap((field) => [...operators, ['a', 'b']].map((value) => ({ ...valid, [field]: value }))),
  ]
}

/** Each must be answered by one frame to the sender, where docs/v2.md says, and by nothing else. */
async function expectFailures(
  client: V2Client,
  { event, response, operation }: Request,
  cases: unknown[][],
): Promise<void> {
  for (const args of cases) {
    client.emit(event, ...args)
    const [frame] = await client.next(1)
    const where = isEmptyMessage(event, args) ? 'error_response' : response
    expect(frame, `${event} ${JSON.stringify(args).slice(0, 200)}`).toEqual([where, failure(operation)])
  }
  await client.hearsNothing()
}

/** V2 said nothing to it, and pages show what comes on `my_response`. */
function isEmptyMessage(event: string, [payload]: unknown[]): boolean {
  const text = (payload as { message_data?: unknown } | null | undefined)?.message_data
  return event === 'message_event' && typeof text === 'string' && text.trim() === ''
}

async function expectRefusals(client: V2Client, { event }: Request, cases: unknown[][]): Promise<void> {
  for (const args of cases) {
    const answer = await client.ask(event, ...args)
    expect(answer, `${event} ${JSON.stringify(args).slice(0, 200)}`).toEqual(
      refused(event, 'invalid_payload'),
    )
  }
  await client.hearsNothing()
}

/** Halves of at most 100: more than 200 failures in 10 seconds are abuse. */
function portions<Case>(cases: Case[]): Case[][] {
  return Array.from({ length: Math.ceil(cases.length / 100) }, (_, n) => cases.slice(n * 100, n * 100 + 100))
}

describe('a payload', () => {
  it.each(requests)(
    '[V2P1, V2-7] of $event that is none fails where V2 listens, to the sender alone',
    async (one) => {
      const url = await serverUrl()
      const bystander = await connectAs(url, unique('user'))

      await expectFailures(await connect(url), one, shapes(one))
      await expectRefusals(await connect(url), one, shapes(one))

      await bystander.hearsNothing()
    },
  )

  it.each(requests.filter((one) => fieldCases(one).length))(
    '[V2P2] of $event with a wrong field fails where V2 listens',
    async (one) => {
      const url = await serverUrl()
      const bystander = await connectAs(url, unique('user'))

      for (const cases of portions(fieldCases(one).map((fields) => [fields]))) {
        await expectFailures(await connect(url), one, cases)
        await expectRefusals(await connect(url), one, cases)
      }

      await bystander.hearsNothing()
    },
  )

  it('[V2P3] of a request that takes none is any object', async () => {
    const url = await serverUrl()
    const admin = await connectAs(url, unique('admin'), { role: 'admin' })

    for (const name of ['then', 'toJSON', 'length', 'hasOwnProperty', 'constructor']) {
      const payload = { [name]: 1 }
      expect(await admin.ask('get_all_topics', payload)).toMatchObject({ status: 'success' })
      expect(await admin.ask('get_all_line_managers', payload)).toMatchObject({ status: 'success' })
    }
  })

  it('[V2P4] says which field is wrong', async () => {
    const client = await connect(await serverUrl())

    client.emit('create_ticket', { ...key, product: {} })

    await client.hears([
      'ticket_response',
      { data: expect.stringMatching(/\bproduct\b/), status: 'failure', operation: 'create_ticket' },
    ])
  })

  it.skipIf(runningServer)(
    '[V2P5] with names of prototypes changes nothing but a room of that name',
    async () => {
      const client = await connect(await serverUrl())
      const payload = JSON.parse(
        '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}},"room":"__proto__"}',
      )

      client.emit('join', payload)
      await client.hears(notice(text))
      client.emit('message_event', { room_id: '__proto__', message_data: 'hello', sid: 'x', data: 'y' })
      await client.hears(live('hello', client.id))
      client.emit('leave', { room: '__proto__' })
      await client.hearsNothing()
    },
  )

  it('[V2P6] at its limits is taken', async () => {
    const url = await serverUrl()
    const [caller, callee] = [await connect(url), await connect(url)]
    const room = unique('room').padEnd(128, 'x')
    const signal = 'x'.repeat(60_000)

    caller.emit('join', { room })
    await caller.hears(notice(text))
    caller.emit('callUser', { userToCall: callee.id, signalData: signal })
    await callee.hears(['callUser', expect.objectContaining({ signal })])
  })

  it('[V2P7] with an operator or a list as ticket finds none', async () => {
    const url = await serverUrl()
    const client = await connect(url)
    const ticket = await makeTicket(client, { product: unique('topic') })
    const attacker = await connect(url)
    const attempts: Fields[] = [{ $ne: null }, { $in: [ticket._id] }, [ticket._id]].map((ticket_id) => ({
      ...key,
      ticket_id,
    }))

    for (const payload of attempts) {
      for (const event of ['close_ticket', 'get_ticket_messages', 'ticket_message_event']) {
        const answer = await attacker.ask(event, { ...payload, message_data: 'x', user_id: 'x' })
        expect(answer).toEqual(refused(event, 'invalid_payload'))
      }
    }

    await client.hearsNothing()
    const { data } = await client.ask<{ tickets: { is_closed: boolean }[] }>('get_tickets', {
      ...key,
      product: ticket.product,
    })
    expect(data.tickets.map(({ is_closed }) => is_closed)).toEqual([false])
  })
})

describe('a frame', () => {
  const transports = [['polling'], ['websocket']]

  it.each(transports)('[V2P8] over 64 KiB closes its connection, and no other, on %s', async (transport) => {
    const url = await serverUrl()
    const room = unique('room')
    const [receiver, sender] = [
      await connect(url),
      await connect(url, undefined, { transports: [transport] }),
    ]
    receiver.emit('join', { room })
    await receiver.hears(notice(text))

    sender.emit('message_event', { room_id: room, message_data: 'x'.repeat(66_000) })

    await sender.closed()
    await receiver.hearsNothing()
    await connect(url, undefined, { transports: [transport] })
  })

  it('[V2P11] of 16 levels is taken', async () => {
    const url = await serverUrl()
    const [callee, caller] = [await connect(url), await connect(url)]
    // The arguments and the payload are the first two.
    const signalData = JSON.parse(`${'{"a":'.repeat(14)}1${'}'.repeat(14)}`)

    caller.emit('callUser', { userToCall: callee.id, signalData })

    await callee.hears(['callUser', expect.objectContaining({ signal: signalData })])
  })

  it.each(transports)('[V2P9] of 17 levels closes its connection, and no other, on %s', async (transport) => {
    const url = await serverUrl()
    const [callee, caller] = [await connect(url), await connect(url, undefined, { transports: [transport] })]
    const signalData = JSON.parse(`${'{"a":'.repeat(15)}1${'}'.repeat(15)}`)

    caller.emit('callUser', { userToCall: callee.id, signalData })

    await caller.closed()
    await callee.hearsNothing()
    await connect(url, undefined, { transports: [transport] })
  })

  it.each([
    ['of 5,000 levels', `2["join",${'['.repeat(5_000)}${']'.repeat(5_000)}]`],
    ['of nothing but brackets', `2["join",${'['.repeat(60_000)}`],
    ['cut short', '2["join",{"room":'],
    ['without an event', '2[]'],
    ['of an object', '2{"a":1}'],
    ['of an unknown type', '9'],
    ['of a reserved event', '2["disconnecting"]'],
  ])('[V2P12] %s closes its connection, and no other', async (_title, frame) => {
    const url = await serverUrl()
    const [witness, client] = [await connect(url), await connect(url)]

    client.socket.io.engine.send(frame)

    await client.closed()
    await witness.hearsNothing()
  })

  it('[V2P10] with binary data closes its connection, and no other', async () => {
    const url = await serverUrl()
    const [callee, caller] = [await connect(url), await connect(url)]

    caller.emit('callUser', { userToCall: callee.id, signalData: { type: 'offer', sdp: new Uint8Array(4) } })

    await caller.closed()
    await callee.hearsNothing()
  })
})
