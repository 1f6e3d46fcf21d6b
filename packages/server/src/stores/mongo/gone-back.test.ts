import { type Collection, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from '../../../tests/support/mongo.ts'
import { draft, drafts, range, room } from '../../testing/store-cases/making.ts'
import type { Store } from '../store.ts'
import { mongoStore } from './index.ts'

const deadlineMs = 10_000

describe.skipIf(noMongo)(`MongoDB that goes back${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  async function open(url: string): Promise<Store> {
    const store = await mongoStore({ url, deadlineMs })
    onTestFinished(() => store.close())
    return store
  }

  async function entriesOf(url: string): Promise<Collection> {
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    return client.db().collection('entries')
  }

  /** The seqs of the newest messages, as a server reads them. */
  async function newest(store: Store): Promise<number[]> {
    const page = await store.streams.page(room('r'), { newest: 50 })
    return JSON.parse(page?.text ?? '').entries.map(({ seq }: { seq: number }) => seq)
  }

  it.each([
    ['knows of its end', 64],
    ['is ahead of it', 100],
  ])('[MF8] goes on at the end that a log has after a restore, where its row %s', async (_, saved) => {
    const url = newDatabaseUrl(server)
    const east = await open(url)
    await east.streams.append(room('r'), drafts(100))
    expect(await newest(east)).toEqual(range(51, 100))

    const entries = await entriesOf(url)
    const last = await entries.findOne({ seq: saved })
    const head = { head_seq: saved, head_nth: saved, head_id: last?._id }
    await entries.db.collection('streams').updateMany({}, { $set: head })
    await entries.deleteMany({ seq: { $gt: 90 } })

    expect(await newest(east)).toEqual(range(41, 90))
    const { appended } = await east.streams.append(room('r'), [draft()])
    expect(appended).toMatchObject([{ created: true, placed: { seq: 91 } }])
    for (const store of [east, await open(url)]) expect(await newest(store)).toEqual(range(42, 91))
  })

  it.each([
    ['has no entry', 0],
    ['has been pruned', 100],
  ])(
    '[MF8] reads to the end of a log whose row knows only where it begins, which %s there',
    async (_, pruned) => {
      const url = newDatabaseUrl(server)
      const [east, west] = [await open(url), await open(url)]
      await east.streams.append(room('r'), drafts(pruned + 450))
      const entries = await entriesOf(url)
      const last = await entries.findOne({ seq: pruned })
      const begins = { pruned_seq: pruned, pruned_nth: pruned, pruned_id: last?._id ?? null }
      await entries.deleteMany({ seq: { $lte: pruned } })
      // As a server leaves it that dies before it has saved the head.
      const head = { head_seq: pruned, head_nth: pruned, head_id: last?._id ?? null }
      await entries.db.collection('streams').updateMany({}, { $set: { ...begins, ...head } })
      expect(await newest(west)).toEqual(range(pruned + 401, pruned + 450))
    },
  )

  it('[MF8] goes on where other messages have taken the places of those that a server knows', async () => {
    const url = newDatabaseUrl(server)
    const [east, west] = [await open(url), await open(url)]
    await east.streams.append(room('r'), drafts(10))
    const entries = await entriesOf(url)
    await entries.deleteMany({ seq: { $gt: 8 } })
    await west.streams.append(room('r'), drafts(2))
    await entries.deleteMany({ seq: { $gt: 9 } })
    expect(await newest(east)).toEqual(range(1, 9))
    await east.streams.append(room('r'), drafts(2))
    expect(await newest(west)).toEqual(range(1, 11))
  })
})
