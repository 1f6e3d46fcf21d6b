import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from '../../../tests/support/mongo.ts'
import { draft, expectWhole, placedOf, range, readAll, room } from '../../testing/store-cases/making.ts'
import type { Store } from '../store.ts'
import { mongoStore } from './index.ts'
import { takingTurns } from './turns.ts'

// What stands in for MongoDB is slow on a busy machine, and these tests are not about being late.
const deadlineMs = 30_000
const key = room('r')
const [senders, each] = [40, 10]

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** Sends one message after the other; resolves to their seqs. */
  async function sendAll(store: Store, author: string, sent: () => void): Promise<number[]> {
    const seqs: number[] = []
    for (const n of range(1, each)) {
      const { appended } = await store.streams.append(key, [draft({ author, message_data: `${n}` })])
      seqs.push(placedOf(appended[0]).placed.seq)
      sent()
    }
    return seqs
  }

  it('[NS4] lets two servers append to one room at full speed, each its share, in one order', {
    timeout: 120_000,
  }, async () => {
    const url = newDatabaseUrl(server)
    const stores = [await mongoStore({ url, deadlineMs }), await mongoStore({ url, deadlineMs })]
    const counts = [0, 0]
    let firstDone: number[] | undefined
    const sending = range(1, senders).map((n) => {
      const at = n % 2
      return sendAll(stores[at] as Store, `sender ${n}`, () => {
        counts[at] = (counts[at] ?? 0) + 1
        if (counts[at] === (senders / 2) * each) firstDone ??= [...counts]
      })
    })
    const answered = await Promise.all(sending)
    const [here = [], there] = await Promise.all(stores.map((store) => readAll(store, key)))
    for (const store of stores) await store.close()

    expectWhole(here, senders * each)
    expect(there).toEqual(here)
    for (const [index, seqs] of answered.entries()) {
      const own = here.filter(({ author }) => author === `sender ${index + 1}`)
      expect(own.map(({ seq }) => seq)).toEqual(seqs)
      expect(own.map(({ message_data }) => message_data)).toEqual(range(1, each).map(String))
    }
    // Neither is kept out until the other has nothing left to append.
    expect(Math.min(...(firstDone ?? [0]))).toBeGreaterThan((senders / 2) * each * 0.1)
  })
})

it('[NS5] lets nobody wait who appends alone', () => {
  const turns = takingTurns()
  for (const n of range(1, 100)) {
    expect(turns.wait(key)).toBeUndefined()
    expect(turns.mayHaveMissed(key)).toBeUndefined()
    turns.appended(key, n * 32, 32, 20)
  }
})

it('[NS5] rests after its turn while others append, and goes on when they have stopped', async () => {
  const turns = takingTurns()
  turns.appended(key, 32, 32, 20)
  turns.met(key, 64)
  let rests = 0
  for (const n of range(3, 30)) {
    const waiting = turns.wait(key)
    await waiting
    if (turns.mayHaveMissed(key)) {
      rests += 1
      turns.passed(key)
    }
    turns.appended(key, n * 32, 32, 20)
  }
  expect(rests).toBe(2)
})
