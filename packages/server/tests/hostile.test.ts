import { randomUUID } from 'node:crypto'
import { Failure, limits, type PayloadOf, type RequestName, requests } from '@dowellchat/protocol'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import * as z from 'zod/mini'
import type { Logger } from '../src/logger.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../src/testing/connect.ts'

vi.setConfig({ testTimeout: 60_000 })

// What would have ended a server of its own.
const crashes: unknown[] = []
const onCrash = (error: unknown) => void crashes.push(error)
beforeEach(() => {
  crashes.length = 0
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
})
afterEach(() => {
  process.off('uncaughtException', onCrash)
  process.off('unhandledRejection', onCrash)
})

/** A store that tells what it was asked for. */
async function watchedStore(): Promise<{ store: Store; asked: string[] }> {
  const asked: string[] = []
  const embedded = await embeddedStore({ path: ':memory:' })
  const watch = <T extends object>(domain: string, methods: T): T =>
    new Proxy(methods, {
      get(target, name, receiver) {
        asked.push(`${domain}.${String(name)}`)
        return Reflect.get(target, name, receiver)
      },
    })
  const store: Store = {
    workspaces: embedded.workspaces,
    streams: watch('streams', embedded.streams),
    calls: watch('calls', embedded.calls),
    topics: watch('topics', embedded.topics),
    lineManagers: watch('lineManagers', embedded.lineManagers),
    tickets: watch('tickets', embedded.tickets),
    close: () => embedded.close(),
  }
  return { store, asked }
}

interface Scene {
  readonly chat: TestChat
  readonly asked: string[]
  readonly log: string[]
  /** Who sends what is hostile: an admin, who may do everything. */
  readonly eve: TestSocket
  readonly bystanders: readonly TestSocket[]
}

/** A server with a room, a topic and people in both dialects and in two workspaces, who all are in the room. */
async function scene(): Promise<Scene> {
  const { store, asked } = await watchedStore()
  const log: string[] = []
  const keep = (fields: object, message: string) => void log.push(`${message} ${JSON.stringify(fields)}`)
  const logger: Logger = { info: keep, warn: keep, error: keep }
  const chat = await openChat(onTestFinished, { store, logger })
  const eve = await chat.connect('eve', { role: 'admin' })
  const bystanders = [
    await chat.connect('ann'),
    await chat.connect('agent', { role: 'agent' }),
    await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key', role: 'admin' }),
    await chat.connectV2(),
  ]
  await eve.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (const socket of [eve, ...bystanders]) await socket.ask('join', { room: 'r' })
  for (const socket of [eve, ...bystanders]) await socket.heard()
  asked.length = 0
  return { chat, asked, log, eve, bystanders }
}

/** Nobody else has noticed, everybody is answered, and nothing has crashed or been logged as a mistake. */
async function expectUnharmed({ bystanders, log }: Scene): Promise<void> {
  for (const socket of bystanders) expect(await socket.heard()).toEqual([])
  const [canary] = bystanders as [TestSocket]
  expect(await canary.request('get_all_topics', {})).toHaveLength(1)
  expect(crashes).toEqual([])
  expect(log.filter((line) => /failed|schema/.test(line))).toEqual([])
}

/** A payload that each request takes; what it names need not exist. */
const valid: { [K in RequestName]: () => PayloadOf<K> } = {
  join: () => ({ room: 'quiet', position: { epoch: 'e', seq: 1, id: 'x' }, limit: 1 }),
  leave: () => ({ room: 'quiet' }),
  message_event: () => ({ room_id: 'quiet', message_data: 'hi', reply_to: 'x', cid: randomUUID() }),
  get_messages: () => ({ stream: 'room:r', before: 1, limit: 1 }),
  get_entries: () => ({ stream: 'room:r', position: { epoch: 'e', seq: 0, id: null }, limit: 1 }),
  callUser: () => ({ userToCall: 'nobody', signalData: 'x', from: 'eve', cid: randomUUID() }),
  answerCall: () => ({ callId: 'x', signal: 'x' }),
  endCall: () => ({ callId: 'x' }),
  create_topic: () => ({ name: 'support', cid: randomUUID() }),
  get_all_topics: () => ({}),
  create_line_manager: () => ({
    user_id: 'max',
    positions_in_a_line: 1,
    average_serving_time: 4,
    capacity: 1,
    cid: randomUUID(),
  }),
  get_all_line_managers: () => ({}),
  create_ticket: () => ({ product: 'sales', cid: randomUUID() }),
  get_tickets: () => ({ product: 'sales', before: 'x', limit: 1 }),
  close_ticket: () => ({ ticket_id: 'x' }),
  join_ticket: () => ({ ticket_id: 'x', position: { epoch: 'e', seq: 1, id: 'x' }, limit: 1 }),
  leave_ticket: () => ({ ticket_id: 'x' }),
  ticket_message_event: () => ({ ticket_id: 'x', message_data: 'hi', reply_to: 'x', cid: randomUUID() }),
  get_ticket_messages: () => ({ ticket_id: 'x' }),
}
const names = Object.keys(requests) as RequestName[]

/** The part of JSON Schema that the contract's payloads use. */
interface FieldSchema {
  readonly type?: string
  readonly format?: string
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly FieldSchema[]
  readonly properties?: Readonly<Record<string, FieldSchema>>
  readonly required?: readonly string[]
}

function schemaOf(name: RequestName): FieldSchema {
  return z.toJSONSchema(requests[name].payload, { io: 'input' }) as FieldSchema
}

const operators: readonly unknown[] = [
  { $ne: null },
  { $gt: '' },
  { $regex: '.*' },
  { $where: 'sleep(5000)' },
  { $in: ['x', 'y'] },
  { toString: 1 },
  { length: 1e9 },
]
const lists = [[], ['x'], ['x', 'y'], [{}]]

function wrongTexts({ format, maxLength = 0 }: FieldSchema): unknown[] {
  const tooLong =
    maxLength > 1_000
      ? ['x'.repeat(maxLength + 1), '🦄'.repeat(maxLength + 1).slice(0, 33_000)]
      : ['x'.repeat(maxLength + 1)]
  if (format === 'uuid') return ['x', '__proto__', 'x'.repeat(10_000), '00000000-0000-0000-0000-00000000000g']
  const invisible = maxLength > 1_000 ? [] : ['a\nb', '\u202ex', 'a\u200bb', '\ufeff', '\u001b[2J']
  return [' ', '\t\n', 'a\u0000b', '\ud800', ...invisible, ...tooLong]
}

/** Values of H43, H45 and H46 that a field must not take. */
function wrongValues(field: FieldSchema): unknown[] {
  if (field.anyOf) {
    const others = field.anyOf.filter(({ type }) => type !== 'null')
    return others.flatMap(wrongValues).filter((value) => value !== null)
  }
  switch (field.type) {
    case 'string':
      return [null, 7, true, '', {}, ...lists, ...operators, ...wrongTexts(field)]
    case 'integer':
    case 'number': {
      const { type, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = field
      const whole = type === 'integer' ? [1.5, 2 ** 53] : []
      return [
        null,
        '1',
        true,
        '',
        {},
        minimum - 1,
        maximum + 1,
        1e300,
        -1e300,
        ...whole,
        ...lists,
        ...operators,
      ]
    }
    case 'object':
      return [null, 7, true, 'x', {}, ...lists, ...operators]
    default:
      // A signal: an object or a text, whatever is in it.
      return [null, 7, true, '', [], ['x'], 'x'.repeat(limits.signal_bytes + 1)]
  }
}

/** What a request does not take beside otherwise valid fields: `[field, payload]`. */
function wrongFields({ properties = {}, required = [] }: FieldSchema, base: object): [string, object][] {
  return Object.entries(properties).flatMap(([name, field]): [string, object][] => {
    // H51: a client's claim about the time fails nothing.
    if (name === 'client_created_at') return []
    const { [name]: own, ...without } = base as Record<string, unknown>
    const missing: [string, object][] = required.includes(name) ? [[name, without]] : []
    const wrong = wrongValues(field).map((value): [string, object] => [name, { ...base, [name]: value }])
    const inside = field.properties
      ? wrongFields(field, own as object).map(([inner, value]): [string, object] => [
          inner,
          { ...base, [name]: value },
        ])
      : []
    return [...missing, ...wrong, ...inside]
  })
}

/** H41: payloads that are none; each row is the arguments. H49 where the request asks for anything. */
function wrongPayloads(name: RequestName): unknown[][] {
  const objects = [
    {},
    { toJSON: 1 },
    JSON.parse('{"then":1}') as object,
    { _placeholder: true, num: 0 },
    { length: 1e9 },
    { hasOwnProperty: 1 },
    JSON.parse('{"__proto__":{"isAdmin":true}}') as object,
    { constructor: { prototype: { isAdmin: true } } },
  ]
  const none = [
    [],
    [null],
    [[]],
    ['x'],
    [0],
    [true],
    [[{}]],
    [[valid[name]()]],
    [valid[name](), {}],
    [valid[name](), null],
  ]
  return schemaOf(name).required?.length ? [...none, ...objects.map((payload) => [payload])] : none
}

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 160)

/** One line that may be shown: nothing of our insides. */
const displayable = /^(?!.*(\bat \S+:\d+|Zod|node_modules|SQLITE|Cannot read|undefined))[^\n]{1,300}$/

describe('a payload that a request does not take', () => {
  it.each(names)(
    '[H41, H43, H45, H46, H49] is refused with and without an acknowledgement: %s',
    async (name) => {
      const here = await scene()
      const { eve, asked } = here
      const cases: [string, unknown[]][] = [
        ...wrongPayloads(name).map((args): [string, unknown[]] => ['', args]),
        ...wrongFields(schemaOf(name), valid[name]()).map(([field, payload]): [string, unknown[]] => [
          field,
          [payload],
        ]),
      ]

      const answers = await Promise.all(cases.map(([, args]) => eve.ask(name, ...args)))
      const misjudged = cases.filter(([field], at) => {
        const { success, data } = Failure.safeParse(answers[at])
        const isTold =
          success &&
          data.operation === name &&
          data.error.code === 'invalid_payload' &&
          displayable.test(data.data)
        return !isTold || !data.data.includes(field)
      })
      expect(misjudged.map(([field, args]) => `${field}: ${shown(args)}`)).toEqual([])
      expect(asked).toEqual([])
      expect(await eve.heard()).toEqual([])

      for (const [, args] of cases) eve.emit(name, ...args)
      const heard = await eve.heard(cases.length)
      expect(heard).toEqual(answers.map((answer) => ['error_response', answer]))
      expect(asked).toEqual([])
      await expectUnharmed(here)
    },
  )

  it('[H41, H43] is met by a table that knows every request and every field', async () => {
    for (const name of names) {
      expect(requests[name].payload).toBeDefined()
      expect([name, z.safeParse(requests[name].payload, valid[name]()).success]).toEqual([name, true])
      const { properties = {} } = schemaOf(name)
      const tried = new Set(wrongFields(schemaOf(name), valid[name]()).map(([field]) => field))
      const untried = Object.keys(properties).filter(
        (field) => !tried.has(field) && field !== 'client_created_at',
      )
      expect([name, untried]).toEqual([name, []])
    }
  })
})

describe('fields that a request does not know', () => {
  it.each(names)('[H48, H49, H50] change nothing beside valid ones: %s', async (name) => {
    const here = await scene()
    const { eve } = here
    const [first, second] = [
      await here.chat.connect('e1', { role: 'admin' }),
      await here.chat.connect('e2', { role: 'admin' }),
    ]
    const junk = {
      ...(JSON.parse(
        '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"then":1}',
      ) as object),
      ...{ toJSON: 1, _placeholder: true, num: 0, length: 1e9, hasOwnProperty: 1, valueOf: {} },
      ...{
        _id: 'mine',
        id: 'mine',
        seq: 1e9,
        nth: -1,
        epoch: 'mine',
        is_closed: true,
        author: 'admin',
        role: 'admin',
      },
      ...{
        ticket_count: -5,
        created_at: '9999-01-01T00:00:00.000Z',
        updated_at: 1,
        is_active: false,
        slot: -1,
      },
      ...{
        line_manager: 'eve',
        waiting_time: -1,
        sid: 'mine',
        kind: 'closed',
        type: 'system',
        fingerprint: 'x',
        api_key: 'x',
      },
    }
    // Names differ, so that both are new.
    const plainOf = (own: string): object => {
      const payload: Record<string, unknown> = { ...valid[name]() }
      for (const field of ['room', 'room_id', 'name', 'user_id']) if (field in payload) payload[field] = own
      return payload
    }
    const asThePlain = (answer: unknown) =>
      JSON.stringify(answer)
        .replaceAll(/"(plain|junky|e1|e2)"|room:(plain|junky)/g, '"own"')
        .replaceAll(/\b(plain|junky)\b/g, 'own')
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'uuid')
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    const plain = await first.ask(name, plainOf('plain'))
    const junky = await second.ask(name, { ...junk, ...plainOf('junky') })
    expect(asThePlain(junky)).toBe(asThePlain(plain))
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
    expect(await eve.request('leave', { room: 'x' })).toEqual({ room: 'x' })
    expect(crashes).toEqual([])
  })

  it.each(names.filter((name) => 'client_created_at' in (schemaOf(name).properties ?? {})))(
    '[H51] do not count as a time, and fail nothing: %s',
    async (name) => {
      const { eve } = await scene()
      for (const [at, claim] of [
        -1,
        1e300,
        '',
        'x',
        '2024-02-30T00:00:00Z',
        null,
        {},
        [],
        true,
        operators[0],
      ].entries()) {
        const payload: Record<string, unknown> = { ...valid[name](), client_created_at: claim }
        for (const field of ['name', 'user_id']) if (field in payload) payload[field] = `own_${at}`
        const answer = await eve.ask(name, payload)
        if (name === 'ticket_message_event') expect(answer).toMatchObject({ error: { code: 'not_found' } })
        else expect(answer).toMatchObject({ status: 'success', data: { client_created_at: null } })
      }
    },
  )

  it('[H47] of a topic are no collection, path or key, whatever they look like', async () => {
    const { eve } = await scene()
    for (const name of [
      'a.b',
      '$x',
      'system.users',
      '../x',
      '__proto__',
      'constructor',
      "x'; drop table topics; --",
    ]) {
      const answer = await eve.ask('create_ticket', { product: name, cid: randomUUID() })
      if (answer.status === 'failure') expect(answer.error.code).toBe('invalid_payload')
      else
        expect(await eve.request('get_tickets', { product: name })).toMatchObject({
          tickets: [answer.data],
          more: false,
        })
    }
    for (const product of ['a\u0000b', {}, { $ne: null }]) {
      expect(await eve.refusal('create_ticket', { product, cid: randomUUID() })).toBe('invalid_payload')
    }
  })
})

/** A WebSocket below socket.io: it sends any frame, and keeps those that come. */
class RawSocket {
  readonly frames: string[] = []
  readonly #closed: Promise<number>
  readonly #socket: WebSocket
  #onFrame: () => void = () => {}

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    onTestFinished(() => this.#socket.terminate())
    this.#closed = new Promise((resolve) => this.#socket.on('close', resolve))
    this.#socket.on('message', (data) => {
      this.frames.push(String(data))
      this.#onFrame()
    })
  }

  /** The code with which the server closes it. Rejects if it does not in time. */
  async closed(): Promise<number> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Open still, having heard ${this.frames.join(' ')}`)), 10_000)
    })
    return Promise.race([this.#closed, late]).finally(() => clearTimeout(timer))
  }

  send(...frames: (string | Buffer)[]): void {
    for (const frame of frames) this.#socket.send(frame)
  }

  /** The first frame, among all, that begins so. */
  async first(start: string): Promise<string> {
    const find = () => this.frames.find((frame) => frame.startsWith(start))
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${start} did not come, but ${this.frames.join(' ')}`)),
        10_000,
      )
      this.#onFrame = () => {
        if (find() === undefined) return
        clearTimeout(timer)
        resolve()
      }
      this.#onFrame()
    })
    return find() ?? ''
  }
}

async function rawSocket({ chat }: Scene): Promise<RawSocket> {
  const raw = new RawSocket(chat.url)
  await raw.first('0{')
  return raw
}

/** One that speaks the current dialect. */
async function connected(here: Scene): Promise<RawSocket> {
  const raw = await rawSocket(here)
  const auth = {
    protocol: 1,
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: 'raw',
    device_id: randomUUID(),
  }
  raw.send(`40${JSON.stringify(auth)}`)
  await raw.first('40{')
  return raw
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
/** A frame of exactly so many bytes. */
const frameOf = (bytes: number) => {
  const start = '4212["leave",{"room":"r","pad":"'
  const end = '"}]'
  return start + 'x'.repeat(bytes - start.length - end.length) + end
}

describe('a frame that is no request', () => {
  const cases: [id: string, what: string, ...frames: (string | Buffer)[]][] = [
    ['H1', 'a type that is none', '49'],
    ['H1', 'no packet', 'Z'],
    ['H1', 'nothing', ''],
    ['H2', 'an object', '42{"a":1}'],
    ['H2', 'no name', '42[]'],
    ['H2', 'null as name', '42[null,{}]'],
    ['H2', 'an object as name', '42[{"x":1}]'],
    ['H2', 'half an event', '42["join",'],
    ['H2', 'text', '42"join"'],
    ...['disconnect', 'disconnecting', 'connect', 'connect_error', 'newListener', 'removeListener'].map(
      (name): [string, string, string] => ['H10', name, `42["${name}",{}]`],
    ),
    ['H14', 'a binary event', '451-["join",{"_placeholder":true,"num":0}]', '42["join",{"room":"r"}]'],
    ['H15', 'eleven attachments', '4511-["join",{"room":"r"}]'],
    ['H15', '1e1 attachments', '451e1-["join",{"room":"r"}]'],
    ['H15', '-1 attachments', '45-1-["join",{"room":"r"}]'],
    ['H15', 'no attachments', '450-["join",{"room":"r"}]'],
    ['H16', 'ten attachments to come', '4510-["join"]', Buffer.alloc(60_000)],
    ['H17', 'bytes without a header', Buffer.from('2["join",{"room":"r"}]')],
    ['H17', 'attachment 7', '451-["join",{"_placeholder":true,"num":7}]', Buffer.from('x')],
    ['H17', 'attachment -1', '451-["join",{"_placeholder":true,"num":-1}]', Buffer.from('x')],
    ['H17', 'attachment __proto__', '451-["join",{"_placeholder":true,"num":"__proto__"}]', Buffer.from('x')],
    ['H17', 'a binary acknowledgement', '461-1[{"_placeholder":true,"num":0}]'],
    ['H19', '5,000 levels', `42["join",${nested(5_000)}]`],
    ['H20', '17 levels', `42["join",${nested(limits.depth)}]`],
    ['H21', '64 KiB of [', `42["join",${'['.repeat(65_000)}`],
    ['H21', '10,000 objects deep', `42["join",${'{"a":'.repeat(10_000)}`],
    ['H21', '64 KiB of "', `42["join",${'"'.repeat(65_000)}`],
  ]
  it.each(cases)('[%s] closes its own connection alone: %s', async (_id, _what, ...frames) => {
    const here = await scene()
    const raw = await connected(here)
    const before = raw.frames.length
    raw.send(...frames)
    await raw.closed()
    expect(raw.frames.slice(before)).toEqual([])
    // That a socket is gone is asked of its calls, and of nothing else.
    expect(here.asked.filter((method) => method !== 'calls.listOpen')).toEqual([])
    await expectUnharmed(here)
  })

  it('[H18] closes its own connection alone where it is over the limit, and is answered at it', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send(frameOf(limits.frame_bytes))
    expect(await raw.first('43')).toBe('4312[{"status":"success","operation":"leave","data":{"room":"r"}}]')
    raw.send(frameOf(limits.frame_bytes + 1))
    expect(await raw.closed()).toBe(1009)
    await expectUnharmed(here)

    const tooDeep = await connected(here)
    tooDeep.send(`42["join",${'{"a":'.repeat(100_000)}`)
    expect(await tooDeep.closed()).toBe(1009)
    await expectUnharmed(here)
  })

  it.each([
    ['42["join",{"room":"r"}]'],
    ['42["message_event",{}]'],
    ['4213["get_all_topics",{}]'],
    ['4313[1]'],
    ['41'],
  ])('[H3] closes a connection that has not said who it is: %s', async (frame) => {
    const here = await scene()
    const raw = await rawSocket(here)
    raw.send(frame)
    await raw.closed()
    expect(raw.frames).toHaveLength(1)
    expect(here.asked).toEqual([])
    await expectUnharmed(here)
  })

  it.each([['40["x"]'], ['40"x"'], ['40[{"protocol":1}]']])('[H7] is no handshake: %s', async (frame) => {
    const here = await scene()
    const raw = await rawSocket(here)
    raw.send(frame)
    await raw.closed()
    await expectUnharmed(here)
  })

  it('[H7] is no identity: a token that is an object', async () => {
    const here = await scene()
    const raw = await rawSocket(here)
    raw.send('40{"token":{"a":1}}')
    expect(await raw.first('44')).toContain('"code":"unauthenticated"')
    await expectUnharmed(here)
  })
})

describe('a frame that is a request of a kind', () => {
  it.each([
    '1',
    'null',
    '',
    '{"message":"a text of theirs"}',
    '{"message":{"toString":1}}',
    '[]',
    '{"stack":1}',
  ])('[H9] is no event of the server’s own: error %s', async (argument) => {
    const here = await scene()
    const raw = await connected(here)
    const args = argument === '' ? '' : `,${argument}`
    raw.send(`42["error"${args}]`, `4217["error"${args}]`, '4218["leave",{"room":"r"}]')
    expect(await raw.first('4317')).toContain('"code":"unknown_event"')
    expect(await raw.first('4318')).toContain('"status":"success"')
    expect(raw.frames.filter((frame) => frame.startsWith('42["error_response"'))).toHaveLength(1)
    expect(here.log.join()).not.toContain('a text of theirs')
    await expectUnharmed(here)
  })

  const strange = [
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'valueOf',
    '',
    'x'.repeat(10_000),
    'join\u0000',
  ]
  it.each([...strange.map((name) => JSON.stringify(name)), '0', '-1', '1.5', '1e999'])(
    '[H11] has a name that means nothing: %.20s',
    async (name) => {
      const here = await scene()
      const raw = await connected(here)
      raw.send(`42[${name},{"room":"r"}]`, `4219[${name},{"room":"r"}]`, '4220["leave",{"room":"r"}]')
      const answer = Failure.parse((JSON.parse((await raw.first('4319')).slice(4)) as unknown[])[0])
      expect(answer.error.code).toBe('unknown_event')
      expect(answer.operation.length).toBeLessThanOrEqual(64)
      expect(await raw.first('4320')).toContain('"status":"success"')
      expect(here.asked).toEqual([])
      await expectUnharmed(here)
    },
  )

  it('[H13] acknowledges what nobody asked for, and is ignored', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send('43999[1]', '430[]', '43[1]', '4220["leave",{"room":"r"}]')
    expect(await raw.first('4320')).toContain('"status":"success"')
    await expectUnharmed(here)
  })

  it('[H20] may nest to the limit', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send(
      `4221["leave",${nested(limits.depth - 1)}]`,
      `4222["leave",{"room":"r","x":${nested(limits.depth - 2)}}]`,
    )
    expect(await raw.first('4321')).toContain('"code":"invalid_payload"')
    expect(await raw.first('4322')).toContain('"status":"success"')
    await expectUnharmed(here)
  })

  const manyKeys = `{${Array.from({ length: 6_000 }, (_, at) => `"k${at}":0`).join(',')}}`
  it.each([
    ['thousands of keys', 'leave', manyKeys],
    ['1e999', 'get_messages', '{"stream":"room:r","before":1e999}'],
    ['a number of 60,000 digits', 'get_messages', `{"stream":"room:r","before":1${'0'.repeat(60_000)}}`],
    ['2^53 + 1', 'get_messages', '{"stream":"room:r","before":9007199254740993}'],
    ['-1', 'get_messages', '{"stream":"room:r","before":-1}'],
    ['a fraction', 'get_messages', '{"stream":"room:r","before":1.0000000001}'],
    ['a position beyond all numbers', 'join', '{"room":"r","position":{"epoch":"e","seq":1e16,"id":null}}'],
    ['half a surrogate pair', 'leave', '{"room":"\\ud800"}'],
  ])('[H22] is refused for %s', async (_what, name, payload) => {
    const here = await scene()
    const raw = await connected(here)
    raw.send(`4223["${name}",${payload}]`)
    expect(await raw.first('4323')).toContain('"code":"invalid_payload"')
    expect(here.asked).toEqual([])
    await expectUnharmed(here)
  })

  it('[H22] takes -0 for 0', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send('4223["get_messages",{"stream":"room:r","before":-0}]')
    expect(await raw.first('4323')).toContain('"entries":[]')
    await expectUnharmed(here)
  })

  it('[H23] has one meaning where it says a thing twice: the last', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send('4224["join",{"room":"a","room":"b"}]', '4225["leave",{"room":"b","room":null}]')
    expect(await raw.first('4324')).toContain('"stream":"room:b"')
    expect(await raw.first('4325')).toContain('"code":"invalid_payload"')
    await expectUnharmed(here)
  })

  it('[H42] works with the same acknowledgement number as one under way', async () => {
    const here = await scene()
    const raw = await connected(here)
    raw.send('4226["get_all_topics",{}]', '4226["get_all_line_managers",{}]', '4227["leave",{"room":"r"}]')
    await raw.first('4327')
    await raw.first('4326')
    await expectUnharmed(here)
  })
})
