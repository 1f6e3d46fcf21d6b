import { randomUUID } from 'node:crypto'
import { type Message, threadStream, ticketStream } from '@dowellchat/protocol'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { temporaryFolder } from '../../tests/support/server-process.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { mongoStore } from '../stores/mongo/index.ts'
import { type Store, StoreUnavailableError } from '../stores/store.ts'
import { fillDemo } from './demo-data.ts'

const workspace_id = 'demo'
const lobby = { workspace_id, stream: 'room:lobby' }
const max = { entries: 100, bytes: 1_000_000 }
const made = () => ({ cid: randomUUID(), fingerprint: 'test', client_created_at: null })

async function openFolder(path: string): Promise<Store> {
  const store = await embeddedStore({ path })
  onTestFinished(() => store.close())
  return store
}

/** Everything that people in the demo can find, without what differs from store to store. */
async function found({ topics, lineManagers, tickets, streams, users }: Store) {
  const textsOf = async (stream: string) =>
    JSON.parse((await streams.messages({ workspace_id, stream }, max)).text).map(
      ({ seq, message_data }: { seq: number; message_data: string }) => `${seq} ${message_data}`,
    )
  const { tickets: listed } = await tickets.list(workspace_id, { limit: 50 })
  return {
    topics: (await topics.list(workspace_id)).map(({ name }) => name),
    agents: (await lineManagers.list(workspace_id)).map(({ user_id }) => user_id),
    names: (await users.search(workspace_id, { text: '', limit: 50 })).users.map(({ name }) => name),
    talk: await textsOf(lobby.stream),
    ...(await aroundTalk(streams)),
    tickets: await Promise.all(
      listed.map(async ({ _id, user_id, product, line_manager }) => {
        return { user_id, product, line_manager, talk: await textsOf(ticketStream(_id)) }
      }),
    ),
  }
}

/** What people have done with the messages of the talk. */
async function aroundTalk(streams: Store['streams']) {
  const talk: Message[] = JSON.parse((await streams.messages(lobby, max)).text)
  const threads = talk.filter(({ has_thread }) => has_thread)
  const answers = threads.map(({ _id }) => streams.messages({ workspace_id, stream: threadStream(_id) }, max))
  return {
    pinned: talk.filter(({ pinned_at }) => pinned_at !== undefined).map(({ nth }) => nth),
    quoted: talk.flatMap(({ quote }) => quote?.nth ?? []),
    mentioned: talk.flatMap(({ mentions = [] }) => mentions.map(({ user_id }) => user_id)),
    reactions: talk.flatMap(({ reactions = [] }) =>
      reactions.map(({ reaction, count }) => `${count} ${reaction}`),
    ),
    answers: (await Promise.all(answers)).map(({ text }) => JSON.parse(text).length),
  }
}

const nothingAround = { pinned: [], quoted: [], mentioned: [], reactions: [], answers: [] }

const filled = {
  topics: ['orders', 'delivery', 'returns', 'something_else'],
  agents: ['meg-ortiz', 'sam-lindqvist'],
  names: ['Ann Keller', 'Ben Okafor', 'Meg Ortiz', 'Ruth Adler', 'Sam Lindqvist'],
  talk: [1, 2, 3, 4, 5, 6].map((seq) => expect.stringMatching(new RegExp(`^${seq} \\w`))),
  pinned: [1],
  quoted: [5],
  mentioned: ['ben-okafor'],
  reactions: ['2 🎉', '1 👍'],
  answers: [2],
  tickets: [
    {
      user_id: 'ben-okafor',
      product: 'delivery',
      line_manager: null,
      talk: [expect.stringContaining('1 My parcel')],
    },
  ],
}

describe('the data of the demo', () => {
  it('[DM4] is topics, agents, a room with a short talk and a ticket, once, however often the server starts', async () => {
    const store = await openFolder(':memory:')
    for (let starts = 0; starts < 3; starts += 1) {
      await fillDemo(store)
      expect(await found(store)).toEqual(filled)
    }
    expect(await store.topics.list('other')).toEqual([])
  })

  it.each(['append', 'create', 'change'] as const)(
    '[DM4] is completed by the next start when one was interrupted at any %s',
    async (method) => {
      const store = await openFolder(':memory:')
      for (let allowed = 0; allowed < 20; allowed += 1) {
        const isDone = await fillDemo(failingAfter(store, method, allowed)).then(
          () => true,
          () => false,
        )
        if (isDone) break
      }
      await fillDemo(store)
      expect(await found(store)).toEqual(filled)
    },
  )

  it('[DM5] leaves a store alone in which people have made topics of their own', async () => {
    const store = await openFolder(':memory:')
    await store.topics.create({ ...made(), workspace_id, user_id: 'root', name: 'opening_hours' })
    await fillDemo(store)
    expect(await found(store)).toEqual({
      topics: ['opening_hours'],
      agents: [],
      names: [],
      talk: [],
      ...nothingAround,
      tickets: [],
    })
  })

  it('[DM5] adds nothing to a room in which people have talked', async () => {
    const store = await openFolder(':memory:')
    const hello = { author: 'ann', display_name: 'Ann', message_data: 'Hello', kind: 'text' } as const
    await store.streams.append(lobby, [{ ...made(), ...hello, reply_to: null, sid: null }])
    await fillDemo(store)
    expect(await found(store)).toEqual({ ...filled, ...nothingAround, talk: ['1 Hello'] })
  })

  it('[DM4] is there after a restart', async () => {
    const path = temporaryFolder()
    const first = await embeddedStore({ path })
    await fillDemo(first)
    await first.close()
    const again = await openFolder(path)
    await fillDemo(again)
    expect(await found(again)).toEqual(filled)
  })
})

describe.skipIf(noMongo)(`the data of the demo on MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = await (mongoKinds[0] as (typeof mongoKinds)[number]).start()
  })
  afterAll(() => server.stop())

  it('[DM4] is there once when several servers start at the same time', async () => {
    const database = newDatabase()
    const stores = await Promise.all(
      [1, 2, 3].map(() => mongoStore({ url: server.url, database, deadlineMs: 30_000 })),
    )
    onTestFinished(async () => {
      for (const store of stores) await store.close()
    })
    await Promise.all(stores.map(fillDemo))
    for (const store of stores) expect(await found(store)).toEqual(filled)
  })
})

/** The store, which fails at each such call after the first `allowed`. */
function failingAfter(store: Store, method: 'append' | 'create' | 'change', allowed: number): Store {
  let calls = 0
  const failing = <Domain extends object>(domain: Domain): Domain =>
    new Proxy(domain, {
      get(target, name) {
        const own = Reflect.get(target, name)
        if (name !== method || typeof own !== 'function') return own
        return async (...args: unknown[]) => {
          calls += 1
          if (calls > allowed) throw new StoreUnavailableError('The test stops it here')
          return own.apply(target, args)
        }
      },
    })
  const { topics, lineManagers, tickets, streams, threads } = store
  return {
    ...store,
    topics: failing(topics),
    lineManagers: failing(lineManagers),
    tickets: failing(tickets),
    streams: failing(streams),
    threads: failing(threads),
  }
}
