import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import * as z from 'zod/mini'
import { openChat } from '../testing/connect.ts'
import { startServer } from '../testing/index.ts'
import type { MetadataSchema, MetadataSchemas } from './schemas.ts'

const order = z.object({ order: z.string().check(z.regex(/^A-\d+$/, 'expected A- and a number')) })
const schemas = {
  messageMetadata: order,
  userMetadata: order,
  roomMetadata: order,
  ticketMetadata: order,
}

async function open(options: MetadataSchemas = schemas) {
  const chat = await openChat(onTestFinished, { schemas: options })
  return { chat, ann: await chat.connect('ann', { role: 'admin' }) }
}

const cid = () => randomUUID()

it('[TD13] keeps metadata of messages and tickets as it was sent, and tells it with every change', async () => {
  const { chat, ann } = await open({})
  const metadata = { 'a.b': { $c: [null, 1.5, 'x'] }, order: 'A-1' }
  await ann.request('create_topic', { name: 'billing', cid: cid() })
  const made = { product: 'billing', metadata, cid: cid() }
  const ticket = await ann.request('create_ticket', made)
  expect(ticket.metadata).toEqual(metadata)
  expect((await ann.first('new_ticket')).data.metadata).toEqual(metadata)
  expect(await ann.request('create_ticket', made)).toEqual(ticket)
  expect(await ann.refusal('create_ticket', { ...made, metadata: {} })).toBe('conflict')
  const plain = await ann.request('create_ticket', { product: 'billing', cid: cid() })
  expect(plain).not.toHaveProperty('metadata')
  await ann.request('close_ticket', { ticket_id: ticket._id })
  const closed = await ann.first('ticket_updated', ({ data }) => data._id === ticket._id)
  expect(closed.data.metadata).toEqual(metadata)
  const { tickets } = await ann.request('get_tickets', {})
  expect(tickets.map((one) => one.metadata)).toEqual([undefined, metadata])
  const many = await ann.request('get_tickets', { limit: 501 })
  expect(many.tickets.map((one) => one.metadata)).toEqual([undefined, undefined])
  const message = { room_id: 'r', message_data: 'x', cid: cid(), metadata }
  const sent = await ann.request('message_event', message)
  expect(sent.metadata).toEqual(metadata)
  const ben = await chat.connect('ben')
  expect((await ben.request('join', { room: 'r' })).entries).toEqual([sent])
})

it('[TD13] refuses metadata over 4 KiB', async () => {
  const { ann } = await open({})
  const metadata = { text: 'x'.repeat(4_096) }
  const message = { room_id: 'r', message_data: 'x', cid: cid(), metadata }
  expect(await ann.refusal('message_event', message)).toBe('invalid_payload')
  expect(await ann.refusal('create_ticket', { product: 'billing', metadata, cid: cid() })).toBe(
    'invalid_payload',
  )
})

it('[TD14] checks all metadata that is written with the schemas of the team', async () => {
  const { ann } = await open()
  const [good, bad] = [{ order: 'A-1', other: 1 }, { order: 'B' }]
  const { _id: room } = await ann.request('create_room', {
    kind: 'members',
    members: [],
    metadata: good,
    cid: cid(),
  })
  const { _id: ticket_id } = await ann.request('create_ticket', {
    product: 'billing',
    metadata: good,
    cid: cid(),
  })
  const message = { message_data: 'x', cid: cid() }
  const requests = [
    ['message_event', { room_id: room, ...message }],
    ['ticket_message_event', { ticket_id, ...message }],
    ['create_room', { kind: 'members', members: [], cid: cid() }],
    ['update_room', { room }],
    ['create_ticket', { product: 'billing', cid: cid() }],
    ['update_me', {}],
  ] as const
  for (const [event, payload] of requests) {
    expect(await ann.ask(event, { ...payload, metadata: bad }), event).toMatchObject({
      data: 'metadata.order: expected A- and a number',
      error: { code: 'invalid_payload' },
    })
    const answer = await ann.ask(event, { ...payload, metadata: good })
    // It checks, and changes nothing.
    expect(answer, event).toMatchObject({ status: 'success', data: { metadata: good } })
  }
})

it('[TD14] refuses one message of several, in rooms, tickets and threads', async () => {
  const { ann } = await open()
  const first = await ann.request('message_event', { room_id: 'r', message_data: 'x', cid: cid() })
  const place = { stream: first.stream, seq: first.seq, message_id: first._id, cid: cid() }
  await ann.request('start_thread', place)
  for (const stream of ['room:r', `thread:${first._id}`]) {
    const messages = [
      { message_data: 'bad', cid: cid(), metadata: { order: 'B' } },
      { message_data: 'good', cid: cid() },
    ]
    const { results } = await ann.request('send_messages', { stream, messages })
    expect(results).toMatchObject([
      { error: { code: 'invalid_payload', message: 'metadata.order: expected A- and a number' } },
      { message: { message_data: 'good' } },
    ])
  }
})

function schemaOf(validate: MetadataSchema['~standard']['validate']): MetadataSchema {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

it('[TD15] takes the schema of any library, with issues that name keys as objects or nothing', async () => {
  const issues = [{ message: 'is late', path: [{ key: 'orders' }, 0] }, { message: 'never seen' }]
  const { ann } = await open({ messageMetadata: schemaOf(() => ({ issues })) })
  const message = { room_id: 'r', message_data: 'x', cid: cid(), metadata: {} }
  expect(await ann.ask('message_event', message)).toMatchObject({ data: 'metadata.orders.0: is late' })
  const { ann: other } = await open({ messageMetadata: schemaOf(() => ({ issues: [{ message: 'no' }] })) })
  expect(await other.ask('message_event', message)).toMatchObject({ data: 'metadata: no' })
})

it.each([
  [{ messageMetadata: schemaOf(async () => ({ value: 1 })) }, /messageMetadata: .* this one is asynchronous/],
  [{ userMetadata: {} }, /userMetadata: expected a Standard Schema of version 1/],
  [
    { roomMetadata: { '~standard': { version: 2, validate() {} } } },
    /roomMetadata: expected a Standard Schema/,
  ],
  [{ ticketMetadata: null }, /ticketMetadata: expected a Standard Schema/],
  [{ callMetadata: order }, /callMetadata: there is no such metadata/],
])('[TD15] does not start with %j', async (wrong, problem) => {
  await expect(startServer({ schemas: wrong as never })).rejects.toThrow(problem)
})

it('[TD15] says that it made a mistake where a schema turns out to be asynchronous', async () => {
  const sometimes = schemaOf((value) => {
    const result = { value }
    return Object.keys(value as object).length > 0 ? Promise.resolve(result) : result
  })
  const { ann } = await open({ messageMetadata: sometimes })
  const message = { room_id: 'r', message_data: 'x', cid: cid(), metadata: { a: 1 } }
  expect(await ann.refusal('message_event', message)).toBe('internal')
})
