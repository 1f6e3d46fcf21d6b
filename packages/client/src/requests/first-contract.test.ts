import { type ClientRequestName, clientRequests, pushes } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { firstPushes, firstRequests, type RequestReaders } from './first-contract.ts'
import { type Reader, read } from './readers.ts'
import { receiving } from './receiving.ts'

const cid = '0198c0de-0000-7000-8000-000000000000'
const at = '2026-01-01T00:00:00.000Z'
const message = {
  ...{ _id: 'm', stream: 'room:a', seq: 1, nth: 1, type: 'message', kind: 'text', cid, message_data: 'Hi' },
  ...{ author: 'bob', display_name: 'Bob', reply_to: 'l', created_at: at, client_created_at: at },
}
const mentions = [{ user_id: 'cat', start: 0, end: 4 }]
const attachment = {
  ...{ upload_id: 'u', name: 'a.png', type: 'image/png', size: 1, sha256: 'f' },
  ...{ width: 1, height: 1, duration_ms: 1 },
}
const reaction = { reaction: '👍', count: 1, user_ids: ['cat'] }
const quote = { _id: 'l', seq: 1, nth: 1, author: 'cat', display_name: 'Cat', message_data: 'Hello' }
/** With every field that a message can have. */
const ofTicket = {
  ...message,
  ...{
    mentions,
    quote,
    metadata: { a: 1 },
    attachments: [attachment],
    version: 4,
    edited_at: at,
    reactions: [reaction],
  },
  ...{ pinned_at: at, pinned_by: 'cat', has_thread: true },
  ...{ kind: 'removed', ticket_id: 't', product: 'billing', reason: 'deleted' },
  fact: {
    ...{ line_manager: 'meg', from: 'moe', product: 'sales', reason: 'Knows it', score: 5 },
    ...{ call_id: 'c', duration_ms: null },
  },
}
const change = {
  ...{ _id: 'c', stream: 'room:a', seq: 4, nth: 1, type: 'change', change: 'edited', target: 1, cid },
  ...{ by: 'bob', created_at: at, ticket_id: 't', product: 'billing', message_data: 'Ho' },
  ...{ mentions, reaction },
}
const hello = {
  ...{ protocol: 1, features: ['a'], workspace_id: 'w', user_id: 'ann', role: 'agent', name: 'Ann' },
  ...{ is_guest: false, guest_ids: ['g'], guest_token: 'token', can: ['join'], expires_at: at },
  ...{ server_time: at, limits: {} },
}
const deletion = {
  ...{ _id: 'd', stream: 'room:a', seq: 2, nth: 1, type: 'deletion', targets: [1], reason: 'deleted' },
  created_at: at,
}
const later = { _id: 'r', seq: 3, type: 'reaction' }
const head = { seq: 3, nth: 1, id: 'r' }
const page = {
  ...{ stream: 'room:a', epoch: 'e', head, first_seq: 1 },
  entries: [message, ofTicket, deletion, change, later],
  ...{ more: false, more_newer: true, reset: { reason: 'epoch' } },
}
const error = { code: 'conflict', message: 'No', details: { a: 1 }, retryable: false, retry_after_ms: 1 }
const draft = {
  ...{ message_data: 'Hi', reply_to: 'm', reply_seq: 1, mentions, metadata: { a: 1 } },
  attachments: [{ upload_id: 'u' }],
  ...{ cid, client_created_at: at },
}
const position = { epoch: 'e', seq: 1, id: 'm' }

/** Every field of each, optional ones too. */
const full: Readonly<Record<keyof typeof firstRequests, { payload: object; data: object }>> = {
  join: { payload: { room: 'a', position, limit: 50 }, data: page },
  leave: { payload: { room: 'a' }, data: { room: 'a' } },
  message_event: { payload: { room_id: 'a', ...draft }, data: ofTicket },
  send_messages: {
    payload: { stream: 'room:a', messages: [draft] },
    data: { results: [{ message: ofTicket }, { error }] },
  },
  get_messages: { payload: { stream: 'ticket:a', around: 3, limit: 1 }, data: page },
  get_entries: { payload: { stream: 'room:a', position, limit: 1 }, data: page },
}
const pushed: Readonly<Record<keyof typeof firstPushes, object>> = {
  hello,
  entries: { stream: 'room:a', epoch: 'e', entries: page.entries },
  heads: { heads: [{ stream: 'room:a', epoch: 'e', head }] },
}
/** Payloads with the fields that exclude those above. */
const more: Readonly<Partial<Record<keyof typeof firstRequests, readonly object[]>>> = {
  get_messages: [
    { stream: 'room:a', before: 3 },
    { stream: 'thread:a', after: 3 },
  ],
}
const missing = Symbol('missing')
const others = [missing, null, '', ' a', 'a'.repeat(129), 'room:', -1, 0, 1.5, 201, 2 ** 53, true, {}, []]

/** The value with another one at each place in turn, and with one more field in each object. */
function* variants(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return
  const copy = (key: string, changed: unknown) => {
    const made = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
    made[key] = changed
    if (changed === missing) delete made[key]
    return made
  }
  if (!Array.isArray(value)) yield copy('later_field', 1)
  else yield Array.from({ length: 51 }, () => value[0])
  for (const [key, field] of Object.entries(value)) {
    for (const other of others) if (!(Array.isArray(value) && other === missing)) yield copy(key, other)
    for (const changed of variants(field)) yield copy(key, changed)
  }
}

function parse(schema: z.core.$ZodType, value: unknown): unknown {
  return z.safeParse(schema, value).data
}

/** What the schema takes, the reader takes too. */
function expectAsMuch(reader: Reader, schema: z.core.$ZodType, value: object): void {
  expect(read(reader, value)).toEqual(value)
  expect(parse(schema, value)).toEqual(value)
  for (const changed of variants(value)) {
    const taken = parse(schema, changed)
    // It also knows messages whose fields break the limits of the contract, which has no more than their place then.
    if (taken !== undefined)
      expect(read(reader, changed), JSON.stringify(changed)).toMatchObject(taken as object)
  }
}

const compared = new Set<Reader>()

describe.each(Object.keys(full) as (keyof typeof full)[])('%s, read without its schemas', (name) => {
  const schemas = clientRequests[name satisfies ClientRequestName]
  const readers: RequestReaders = firstRequests[name]

  it('[PK5] sends what the contract takes, and refuses the rest', () => {
    for (const payload of [full[name].payload, ...(more[name] ?? [])]) {
      expectAsMuch(readers.payload, schemas.payload, payload)
      for (const changed of variants(payload))
        if (parse(schemas.payload, changed) === undefined)
          expect(read(readers.payload, changed), JSON.stringify(changed)).toBeUndefined()
    }
  })

  it('[PK5] takes whatever the contract answers', () => {
    // Pages and messages are read alike by all that answer them.
    if (!compared.has(readers.data)) expectAsMuch(readers.data, receiving(schemas.data), full[name].data)
    compared.add(readers.data)
    expect(read(readers.data, full[name].data)).toEqual(full[name].data)
    expect(read(readers.data, { entries: 7 })).toBeUndefined()
  })

  it('[PK5] knows every field', () => {
    const { payload, data } = full[name]
    const known = new Set([data, payload, ...(more[name] ?? [])].flatMap((part) => [...fieldsIn(part)]))
    expect(known).toEqual(new Set([...fieldsOf(schemas.payload), ...fieldsOf(schemas.data)]))
  })
})

it.each(Object.keys(pushed) as (keyof typeof pushed)[])('[PK5] takes the push %s', (name) => {
  expectAsMuch(firstPushes[name], receiving(pushes[name]), pushed[name])
  expect(fieldsIn(pushed[name])).toEqual(fieldsOf(pushes[name]))
})

/** The names of all fields in a schema. */
function fieldsOf(schema: z.core.$ZodType): Set<string> {
  const { def } = (schema as z.core.$ZodTypes)._zod
  if (def.type === 'object')
    return new Set(Object.entries(def.shape).flatMap(([name, field]) => [name, ...fieldsOf(field)]))
  if (def.type === 'array') return fieldsOf(def.element)
  if (def.type === 'union') return new Set(def.options.flatMap((option) => [...fieldsOf(option)]))
  if (def.type === 'optional' || def.type === 'nullable') return fieldsOf(def.innerType)
  return new Set()
}

function fieldsIn(value: unknown): Set<string> {
  const names = new Set<string>()
  JSON.stringify(value, (key, inner) => {
    if (key && Number.isNaN(Number(key))) names.add(key)
    // Anything may be in these.
    return key === 'details' || key === 'metadata' ? undefined : inner
  })
  return names
}
