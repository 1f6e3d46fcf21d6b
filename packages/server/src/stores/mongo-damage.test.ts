import type { Entry } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { changeDraft, draft, range, readPage, room } from '../testing/store-cases/making.ts'
import { appendAll, changed, reply } from '../testing/store-cases/message-changes.ts'
import { mongoStore } from './mongo/index.ts'
import type { DamagedRow, MessageTarget } from './store.ts'

const [kind] = mongoKinds

describe.skipIf(noMongo)(
  `MongoDB with damaged rows${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    it('[SD11] tells rows with odd fields as removed, reports each once, and reads the others', async () => {
      const server = await kind?.start()
      if (!server) throw new Error('There is a MongoDB')
      onTestFinished(() => server.stop())
      const database = newDatabase()
      const store = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
      onTestFinished(() => store.close())
      const damaged: DamagedRow[] = []
      store.onDamaged?.((row) => damaged.push(row))
      const drafts = range(1, 8).map(() => draft())
      await store.streams.append(room('r'), drafts)
      const client = new MongoClient(server.url)
      onTestFinished(() => client.close())
      const entries = client.db(database).collection('entries')
      await entries.updateOne({ seq: 2 }, { $set: { text: '{"' } })
      await entries.updateOne({ seq: 4 }, { $unset: { text: '' } })
      await entries.updateOne({ seq: 6 }, { $set: { text: 7 } })

      for (const part of [{ newest: 50 }, { before: 9, limit: 50 }]) {
        const { entries: read } = await readPage(store, room('r'), part)
        const kinds = read.map((entry) => ('kind' in entry ? entry.kind : entry.type))
        expect(kinds).toEqual(['text', 'removed', 'text', 'removed', 'text', 'removed', 'text', 'text'])
      }
      const { entries: stored } = await store.streams.entries(room('r'), 0)
      expect(stored.map(({ text }) => (JSON.parse(text) as { seq: number }).seq)).toEqual(range(1, 8))
      expect(damaged.map(({ collection, place }) => `${collection} ${place}`)).toEqual([
        'entries room:r 2',
        'entries room:r 4',
        'entries room:r 6',
      ])
      expect(await store.health?.()).toMatchObject({ reads: true, writes: true, damaged: 3 })
      const [second] = drafts.slice(1)
      if (!second) throw new Error('There are eight drafts')
      const { appended } = await store.streams.append(room('r'), [second])
      expect(appended).toMatchObject([{ created: false, placed: { seq: 2 } }])
    })

    it('[CH29] tells damaged changes as deletions of nothing, and removes what is left of what they were about', async () => {
      const server = await kind?.start()
      if (!server) throw new Error('There is a MongoDB')
      onTestFinished(() => server.stop())
      const database = newDatabase()
      const store = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
      onTestFinished(() => store.close())
      const [target] = (await appendAll(store, [draft()])) as [MessageTarget]
      await changed(store, changeDraft(target, { change: 'edited', message_data: 'new' }))
      await appendAll(store, [reply(target, 'new'), reply(target, 'new')])
      const client = new MongoClient(server.url)
      onTestFinished(() => client.close())
      const entries = client.db(database).collection('entries')
      await entries.updateOne({ seq: 2 }, { $set: { text: 7 } })
      await entries.updateOne({ seq: 3 }, { $unset: { text: '' } })

      const { removed } = await store.streams.remove(room('r'), { targets: [1], reason: 'erased' })

      expect(removed).toEqual([1])
      const { entries: read } = await store.streams.entries(room('r'), 0)
      const told = read.map(({ text }) => JSON.parse(text) as Entry)
      expect(
        told.map((one) => ('kind' in one ? one.kind : [one.type, 'targets' in one && one.targets])),
      ).toEqual(['removed', ['deletion', []], 'removed', 'text', ['deletion', [1]]])
      expect(JSON.stringify(told)).not.toContain('"new"')
      expect(await entries.countDocuments({ about: { $gt: 0 } })).toBe(0)
    })
  },
)
