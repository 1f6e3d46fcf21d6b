import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { check } from '../src/executable/commands/check.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { draft, newLineManager, newTicket, newTopic, room, rowOf } from '../src/testing/store-cases/making.ts'
import { openSocket } from '../src/testing/test-socket.ts'
import { digestsOf } from './support/digests.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

const printed = vi.spyOn(console, 'log')
beforeEach(() => {
  printed.mockReset().mockImplementation(() => {})
})
afterAll(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

interface Place {
  readonly env: Readonly<Record<string, string>>
  readonly url: string
  /** How many messages the largest room has. */
  readonly messages: number
  open(): Promise<Store>
}

/** Runs `check` in this process; resolves to its lines and exit code. */
async function run({ env }: Place, ...args: string[]): Promise<{ lines: string[]; exitCode: unknown }> {
  printed.mockClear()
  process.exitCode = 0
  await check(args, env)
  const { exitCode } = process
  process.exitCode = 0
  return {
    lines: printed.mock.calls
      .flat()
      .map(String)
      .filter((line) => line !== 'Everything can be read'),
    exitCode,
  }
}

async function within<Result>(place: Place, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await place.open()
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const cafe = 'caf\u00e9'
const decomposed = 'cafe\u0301'

/** Names as earlier versions took them: of rooms, topics, line managers and customers, and two rooms that look the same. */
async function fill(store: Store, messages: number): Promise<void> {
  const many = Array.from({ length: messages }, (_, at) => draft({ message_data: `${at}`, author: 'ann ' }))
  for (let at = 0; at < many.length; at += 200)
    await store.streams.append(room(decomposed), many.slice(at, at + 200))
  await store.streams.append(room('both'), [draft({ message_data: 'normal' })])
  await store.streams.append(room('both\u2800'), [draft({ message_data: '"stream":"room:both\u2800"' })])
  await store.streams.append(room('\u3164'), [draft()])
  await store.streams.append(room(decomposed, 'other'), [draft({ author: 'bob' })])
  await store.topics.create(newTopic(decomposed))
  await store.topics.create(newTopic('tv'))
  await store.topics.create(newTopic('tv\u00ad'))
  await store.lineManagers.create(newLineManager('mia\ufe0f', { capacity: 10 }))
  const [first, second] = [
    rowOf(await store.tickets.create(newTicket({ user_id: 'ann ', product: decomposed }))),
    rowOf(await store.tickets.create(newTicket({ user_id: 'ann', product: 'tv\u00ad' }))),
  ]
  for (const { _id, product } of [first, second]) {
    const key = { workspace_id: 'acme', stream: `ticket:${_id}` }
    await store.streams.append(key, [draft({ ticket_id: _id, product, author: 'ann\u{e0041}' })])
  }
}

function suite(newPlace: () => Promise<Place>): void {
  it('[NC1] lists what is not normal, and changes nothing', async () => {
    const place = await newPlace()
    await within(place, (store) => fill(store, place.messages))
    const before = await digestsOf(place.url, 'acme')
    const { lines, exitCode } = await run(place)
    expect(lines).toEqual(
      expect.arrayContaining([
        'acme room room "cafe\\u{301}" would be "caf\u00e9"',
        'acme room room "\\u{3164}" has no visible characters: it stays',
        'acme topics name "tv\\u{ad}" would be "tv"',
        'acme line_managers user_id "mia\\u{fe0f}" would be "mia"',
        'acme tickets user_id "ann " would be "ann"',
        `acme entries author "ann " would be "ann" (${place.messages} times)`,
        'other room room "cafe\\u{301}" would be "caf\u00e9"',
      ]),
    )
    expect(lines.at(-1)).toMatch(/^\d+ names and ids are not normal: run it with --rename$/)
    expect(exitCode).toBe(1)
    expect(await digestsOf(place.url, 'acme')).toEqual(before)
  })

  it('[NC2] renames it, with everything that refers to it, but where the normal name is taken', async () => {
    const place = await newPlace()
    await within(place, (store) => fill(store, place.messages))
    const { lines, exitCode } = await run(place, '--rename')
    const stays = lines.filter((line) => line.includes('stays'))
    expect(stays.sort()).toEqual([
      'acme room room "\\u{3164}" has no visible characters: it stays',
      'acme room room "both\\u{2800}" stays: there is "both" already',
      'acme topics name "tv\\u{ad}" stays: there is "tv" already',
    ])
    expect(lines.at(-1)).toBe('3 stay as they are')
    expect(exitCode).toBe(1)

    await within(place, async (store) => {
      const { text } = await store.streams.messages(room(cafe), { entries: 5_000, bytes: 10_000_000 })
      const messages = JSON.parse(text) as {
        stream: string
        author: string
        message_data: string
        seq: number
      }[]
      expect(messages.map(({ message_data }) => message_data)).toEqual(
        Array.from({ length: place.messages }, (_, at) => `${at}`),
      )
      expect(messages.every(({ stream, author }) => stream === `room:${cafe}` && author === 'ann')).toBe(true)
      expect(await store.streams.head(room(cafe))).toBe(place.messages)
      expect(await store.streams.page(room(decomposed), { newest: 1 })).toBeNull()
      const names = (await store.topics.list('acme')).map(({ name }) => name)
      expect(names).toEqual([cafe, 'tv', 'tv\u00ad'])
      const managers = await store.lineManagers.list('acme')
      expect(managers).toMatchObject([{ user_id: 'mia', ticket_count: 2 }])
      const { tickets } = await store.tickets.list('acme', { limit: 10 })
      expect(tickets).toMatchObject([
        { user_id: 'ann', product: 'tv\u00ad', line_manager: 'mia' },
        { user_id: 'ann', product: cafe, line_manager: 'mia' },
      ])
      const key = { workspace_id: 'acme', stream: `ticket:${tickets[1]?._id}` }
      const ofTicket = await store.streams.messages(key, { entries: 10, bytes: 10_000 })
      expect(JSON.parse(ofTicket.text)).toMatchObject([{ author: 'ann', product: cafe, stream: key.stream }])
      expect(await store.streams.head(room(cafe, 'other'))).toBe(1)
    })
  })

  it('[NC3] changes nothing when it runs again', async () => {
    const place = await newPlace()
    await within(place, (store) => fill(store, place.messages))
    await run(place, '--rename')
    const digests = await digestsOf(place.url, 'acme')
    const { lines } = await run(place, '--rename')
    expect(lines.filter((line) => !line.includes('stays'))).toEqual(['3 stay as they are'])
    expect(await digestsOf(place.url, 'acme')).toEqual(digests)
  })

  it('[NC4] leads people to a renamed room by any of its names', async () => {
    const place = await newPlace()
    await within(place, (store) => fill(store, place.messages))
    await run(place, '--rename')
    const store = await place.open()
    const workspaces = [{ id: 'acme', keys: ['key'] }]
    const server = await createChatServer({
      store,
      port: 0,
      host: '127.0.0.1',
      workspaces,
      v2: { workspace: 'acme' },
    })
    const page = openSocket(server.url)
    onTestFinished(async () => {
      page.socket.disconnect()
      await server.close()
    })
    await page.admitted()
    const joined = await page.ask('join', { room: `${decomposed} ` })
    expect(joined).toMatchObject({ data: { stream: `room:${cafe}`, head: { seq: place.messages } } })
    await page.ask('message_event', { room_id: decomposed, message_data: 'back again' })
    expect(await store.streams.head(room(cafe))).toBe(place.messages + 1)
  })

  it('[NC1] says that all is well where it is', async () => {
    const place = await newPlace()
    await within(place, async (store) => {
      await store.streams.append(room('部屋 1'), [draft()])
    })
    expect(await run(place)).toEqual({ lines: ['All names and ids are normal'], exitCode: 0 })
    expect(await run(place, '--rename')).toEqual({ lines: ['All names and ids are normal'], exitCode: 0 })
  })
}

describe('a data folder', () => {
  suite(async () => {
    const path = temporaryFolder()
    return { env: { DATA_DIR: path }, url: path, messages: 1_200, open: () => embeddedStore({ path }) }
  })

  it('[NC5] is checked by the executable, but not while a server uses it', async () => {
    const path = temporaryFolder()
    const place = { env: { DATA_DIR: path }, url: path, messages: 1_200, open: () => embeddedStore({ path }) }
    await within(place, (store) => fill(store, place.messages))
    const store = await place.open()
    await expectProblem(check([], place.env), /in use|uses/)
    await store.close()
    const command = new ServerProcess({ args: ['check', '--rename'], env: place.env })
    expect(await command.exited()).toBe(1)
    expect(command.stdout).toMatch(/3 stay as they are/)
  })

  it('[NC5] has to exist, and other arguments are refused', async () => {
    await expectProblem(check([], { DATA_DIR: `${temporaryFolder()}/none` }), /does not exist/)
    await expectProblem(check(['--mend'], { DATA_DIR: temporaryFolder() }), /--mend/)
  })
})

describe.skipIf(noMongo)(`a database of MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  async function newPlace(): Promise<Place> {
    const url = newDatabaseUrl(server)
    return {
      env: { MONGODB_URI: url },
      url,
      messages: 80,
      open: () => mongoStore({ url, deadlineMs: 20_000 }),
    }
  }

  suite(newPlace)

  it('[NC3] takes up a stream that a killed run has moved in part', async () => {
    const place = await newPlace()
    await within(place, (store) => fill(store, place.messages))
    const client = new MongoClient(place.url)
    onTestFinished(() => client.close())
    const entries = client.db().collection('entries')
    const [from, to] = [`room:${decomposed}`, `room:${cafe}`]
    for await (const { _id, text } of entries.find({
      workspace_id: 'acme',
      stream: from,
      seq: { $lte: 50 },
    }))
      await entries.updateOne({ _id }, { $set: { stream: to, text: String(text).replace(from, to) } })
    await run(place, '--rename')
    await within(place, async (store) => {
      const { text } = await store.streams.messages(room(cafe), { entries: 5_000, bytes: 10_000_000 })
      const messages = JSON.parse(text) as { message_data: string; author: string }[]
      expect(messages.map(({ message_data }) => message_data)).toEqual(
        Array.from({ length: place.messages }, (_, at) => `${at}`),
      )
      expect(new Set(messages.map(({ author }) => author))).toEqual(new Set(['ann']))
    })
  })
})
