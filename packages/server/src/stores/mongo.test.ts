import type { MessageChange } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { storeWriter } from '../../tests/support/programs.ts'
import { expectIndexed, type Watched, watch } from '../../tests/support/watched-commands.ts'
import { storeCases } from '../testing/store-cases/index.ts'
import {
  ask,
  changeDraft,
  draft,
  drafts,
  expectWhole,
  hire,
  placedOf,
  range,
  readAll,
  readEntries,
  readPage,
  room,
  seqs,
} from '../testing/store-cases/making.ts'
import { appendAll, changed } from '../testing/store-cases/message-changes.ts'
import { withStore } from '../testing/store-cases/store-case.ts'
import { expectSpread } from '../testing/store-cases/tickets.ts'
import { connect } from './mongo/connection.ts'
import { mongoStore, storeOver } from './mongo/index.ts'
import type { MessageTarget, Store } from './store.ts'

// What stands in for MongoDB is slow on a busy machine, and these tests are not about being late.
const deadlineMs = 30_000

/** What a server alone may do otherwise is to acknowledge and to keep; it is asked the same. */
const acknowledging = storeCases.filter(({ reopens, shares, durable }) => reopens || shares || durable)

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  describe.each(mongoKinds)('store in $kind', ({ isReplicated, start }) => {
    let server: MongoServer
    const watched: Watched[] = []
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server.stop())

    /** Opens a database, and writes down what is asked of it. */
    async function openWatched(database: string): Promise<Store> {
      const connection = await connect({ url: server.url, database, deadlineMs }, { monitorCommands: true })
      watch(connection, watched)
      return storeOver(connection)
    }

    const runsAll = isReplicated || mongoKinds.length === 1
    for (const { title, run } of runsAll ? storeCases : acknowledging) {
      it(title, { timeout: 120_000 }, async () => {
        const database = newDatabase()
        const writer = storeWriter('mongoStore', {
          url: server.url,
          database,
          deadlineMs,
        })
        await run(() => openWatched(database), writer)
      })
    }

    it('[S9] asks for everything by an index, by texts, numbers and booleans alone, and in its workspace', {
      timeout: 120_000,
    }, async () => {
      const client = await new MongoClient(server.url).connect()
      try {
        await expectIndexed(client, watched, server.isStandIn)
      } finally {
        await client.close()
      }
    })

    it('[S1] gives what two servers append at full speed one order, without holes or doubles', {
      timeout: 120_000,
    }, async () => {
      await withTwo(async (stores) => {
        const authors = ['ann', 'ben', 'zoe', 'max']
        const sending = stores.flatMap((store, index) =>
          authors.map(async (name) => {
            const author = `${name} ${index}`
            for (const n of range(1, 15))
              await store.streams.append(room('r'), drafts(1 + (n % 3), { author, message_data: `${n}` }))
          }),
        )
        await Promise.all(sending)
        const [first, second] = await Promise.all(stores.map((store) => readAll(store, room('r'))))
        expectWhole(first ?? [], 2 * authors.length * 30)
        expect(second).toEqual(first)
        for (const author of new Set(first?.map((entry) => entry.author))) {
          const texts = first
            ?.filter((entry) => entry.author === author)
            .map(({ message_data }) => Number(message_data))
          expect(texts).toEqual(texts?.toSorted((a, b) => a - b))
        }
      })
    })

    it('[S16] spreads 200 tickets that come through two servers at once evenly', {
      timeout: 120_000,
    }, async () => {
      await withTwo(async (stores) => {
        const [store] = stores
        await hire(store, ['mia', 'max', 'moe'])
        await Promise.all(range(1, 200).map((n) => ask(stores[n % 2] ?? store)))
        await expectSpread(store, 200)
      })
    })

    it('[S10] never gives a seq away again that another server has removed', async () => {
      await withTwo(async ([a, b]) => {
        await b.streams.append(room('r'), drafts(5))
        await a.streams.append(room('r'), drafts(5))
        expect(await a.streams.prune('acme', '9999-01-01T00:00:00.000Z', null)).toMatchObject({ removed: 10 })
        const { appended } = await b.streams.append(room('r'), [draft()])
        expect(placedOf(appended[0]).placed).toMatchObject({ seq: 11, nth: 11 })
      })
    })

    it('[S10] completes a removal that was cut off after it was noted', async () => {
      const database = newDatabase()
      await withStore(
        () => openWatched(database),
        async (store) => {
          const [first, ...others] = drafts(4)
          await store.streams.append(room('r'), [first ?? draft(), ...others])
          await alter(database, (db) =>
            db.collection('streams').updateOne({}, { $set: { pruned_seq: 2, pruned_nth: 2 } }),
          )
          expect(seqs(await readPage(store, room('r'), { newest: 9 }))).toEqual([3, 4])
          expect(await store.streams.has(room('r'), 'ann', first?.cid ?? '')).toBe(false)
          const { appended } = await store.streams.append(room('r'), [first ?? draft()])
          expect(placedOf(appended[0])).toMatchObject({ created: true, placed: { seq: 5 } })
          await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', null)
          expect(await alter(database, (db) => db.collection('entries').countDocuments())).toBe(0)
        },
      )
    })

    it.each([0, 1, 3])('[RE4] completes a removal that was cut off after %i of its rows', async (done) => {
      const database = newDatabase()
      await withStore(
        () => openWatched(database),
        async (store) => {
          await store.streams.append(room('r'), drafts(4))
          await store.streams.remove(room('r'), { targets: [1, 2, 3], reason: 'erased' })
          const whole = await readEntries(store, room('r'))
          const pending = await alter(database, async (db) => {
            const [deletion] = await db.collection('entries').find({ seq: 5 }).toArray()
            await db.collection('entries').deleteOne({ seq: 5 })
            return JSON.stringify({ cid: deletion?.cid, targets: [1, 2, 3], reason: 'erased' })
          })
          await alter(database, async (db) => {
            for (const entry of whole.slice(done, 3)) {
              const text = JSON.stringify({ ...entry, kind: 'text', author: 'ann', message_data: 'secret' })
              await db.collection('entries').updateOne({ seq: entry.seq }, { $set: { author: 'ann', text } })
            }
            await db.collection('streams').updateOne({}, { $set: { removing: pending } })
          })
        },
      )
      await withStore(
        () => openWatched(database),
        async (store) => {
          const page = JSON.stringify(await readPage(store, room('r'), { newest: 9 }))
          expect(page).not.toContain('secret')
          const entries = await readEntries(store, room('r'))
          expect(entries.map(({ seq, nth, type }) => [seq, nth, type])).toEqual([
            ...[1, 2, 3, 4].map((place) => [place, place, 'message']),
            [5, 4, 'deletion'],
          ])
          expect(await store.streams.remove(room('r'), { targets: [1, 2, 3], reason: 'erased' })).toEqual({
            removed: [],
            head: 5,
          })
        },
      )
    })

    it.each(['begun', 'placed', 'changed'])(
      '[CH28] completes a change that was cut off when it had %s',
      async (step) => {
        const database = newDatabase()
        const key = room('r')
        const { target, entries } = await withStore(
          () => openWatched(database),
          async (store) => {
            const [target] = (await appendAll(store, [draft({ message_data: 'one' })])) as [MessageTarget]
            await changed(store, changeDraft(target, { change: 'reacted', reaction: '👍' }))
            const content = { change: 'unreacted', reaction: '👍' } as const
            await changed(store, changeDraft(target, content, { cid: 'the cid' }))
            return { target, entries: await readEntries(store, key) }
          },
        )
        const [, , whole] = entries
        // What the stream's row had in the middle of it, and what the rows had.
        await alter(database, async (db) => {
          const {
            _id: _,
            stream: _stream,
            seq: _seq,
            nth: _nth,
            type: _type,
            created_at: _at,
            ...decided
          } = whole as MessageChange
          const change = { cid: 'the cid', fingerprint: 'as sent', decided, given: { seq: 2, author: 'ann' } }
          const removing = JSON.stringify({ cid: 'change:1', targets: [], reason: 'deleted', change })
          await db.collection('streams').updateOne({}, { $set: { removing, last_begun: 'change:1' } })
          const rows = db.collection('entries')
          if (step === 'begun') await rows.deleteOne({ seq: 3 })
          if (step === 'begun') await rows.updateOne({ seq: 2 }, { $set: { about: 1, aspect: '👍' } })
          if (step === 'changed') return
          const before = {
            ...entries[0],
            version: 2,
            reactions: [{ reaction: '👍', count: 1, user_ids: ['ann'] }],
          }
          await rows.updateOne({ seq: 1 }, { $set: { text: JSON.stringify(before) } })
        })
        await withStore(
          () => openWatched(database),
          async (store) => {
            expect(await store.streams.has(key, 'ann', 'the cid')).toBe(true)
            const [message] = (await readPage(store, key, { newest: 9 })).entries
            expect(message).toMatchObject({ version: 3 })
            expect(message).not.toHaveProperty('reactions')
            const read = await readEntries(store, key)
            expect(read.map(({ seq, type }) => [seq, type])).toEqual([
              [1, 'message'],
              [2, 'change'],
              [3, 'change'],
            ])
            expect(read[2]).toMatchObject({ change: 'unreacted', cid: 'the cid', by: 'ann', target: 1 })
            const again = changeDraft(target, { change: 'unreacted', reaction: '👍' }, { cid: 'the cid' })
            expect(await changed(store, again)).toMatchObject({ changed: false, head: 3 })
            expect(
              await changed(store, changeDraft(target, { change: 'reacted', reaction: '👍' })),
            ).toMatchObject({
              changed: true,
              message: { reactions: [{ count: 1 }], version: 4 },
            })
          },
        )
      },
    )

    it('[S8] finds a page by counting messages where entries of other kinds lie between them', async () => {
      const database = newDatabase()
      await withStore(
        () => openWatched(database),
        (store) => store.streams.append(room('r'), drafts(7)),
      )
      // As if the 2nd, 3rd and 6th entry were no messages.
      for (const [index, nth] of [1, 1, 1, 2, 3, 3, 4].entries())
        await alter(database, (db) =>
          db
            .collection('entries')
            .updateOne(
              { seq: index + 1 },
              { $set: { nth, type: [2, 3, 6].includes(index + 1) ? 'deletion' : null } },
            ),
        )
      await withStore(
        () => openWatched(database),
        async (store) => {
          expect(seqs(await readPage(store, room('r'), { newest: 2 }))).toEqual([5, 7])
          expect(seqs(await readPage(store, room('r'), { before: 4, limit: 2 }))).toEqual([4, 5])
          expect(seqs(await readPage(store, room('r'), { before: 2, limit: 5 }))).toEqual([1])
          expect(seqs(await readPage(store, room('r'), { newest: 50 }))).toEqual([1, 4, 5, 7])
        },
      )
    })

    it('[S5] finds the end of a log whose own row has fallen far behind', async () => {
      const database = newDatabase()
      await withStore(
        () => openWatched(database),
        (store) => store.streams.append(room('r'), drafts(450)),
      )
      const behind = { head_seq: 3, head_nth: 3, head_id: 'whatever' }
      await alter(database, (db) => db.collection('streams').updateOne({}, { $set: behind }))
      await withStore(
        () => openWatched(database),
        async (store) => {
          expect(await store.streams.head(room('r'))).toBe(450)
          const { appended } = await store.streams.append(room('r'), [draft()])
          expect(placedOf(appended[0]).placed.seq).toBe(451)
        },
      )
    })

    async function withTwo(run: (stores: [Store, Store]) => Promise<void>): Promise<void> {
      const database = newDatabase()
      const open = () => mongoStore({ url: server.url, database, deadlineMs })
      await withStore(open, (a) => withStore(open, (b) => run([a, b])))
    }

    async function alter<T>(
      database: string,
      change: (db: ReturnType<MongoClient['db']>) => Promise<T>,
    ): Promise<T> {
      const client = new MongoClient(server.url)
      try {
        return await change(client.db(database))
      } finally {
        await client.close()
      }
    }
  })
})
