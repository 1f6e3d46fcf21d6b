import type { Message } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mongoKinds, newDatabase, noMongo } from '../../../../tests/support/mongo.ts'
import { changeDraft, draft, range, room } from '../../../testing/store-cases/making.ts'
import { appendAll, changed } from '../../../testing/store-cases/message-changes.ts'
import type { MessageTarget } from '../../store.ts'
import { mongoStore } from '../index.ts'

const [kind] = mongoKinds
const key = room('r')
const query = { places: { streams: [key.stream], tickets: 'all' }, terms: ['apple'], limit: 9 } as const
const odd = ['{', '{}', 'null', '7', '{"kind":"text","targets":7}', 7, undefined]

describe.skipIf(noMongo)(
  `search in MongoDB with damaged rows${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    it('[FT10] indexes what follows changes, deletions and messages that are damaged', async () => {
      const server = await kind?.start()
      if (!server) throw new Error('There is a MongoDB')
      onTestFinished(() => server.stop())
      const database = newDatabase()
      const store = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
      onTestFinished(() => store.close())
      const client = new MongoClient(server.url)
      onTestFinished(() => client.close())
      const entries = client.db(database).collection('entries')
      for (const text of odd) {
        const [target] = (await appendAll(store, [draft()])) as [MessageTarget]
        const { head } = await changed(store, changeDraft(target, { change: 'edited', message_data: 'pear' }))
        await store.streams.remove(key, { targets: [target.seq], reason: 'deleted' })
        const seq = { $in: range(target.seq, head + 1) }
        await entries.updateMany({ seq }, text === undefined ? { $unset: { text: '' } } : { $set: { text } })
      }
      await appendAll(store, [draft({ message_data: 'apple' })])

      expect(await store.search.index([key])).toEqual([])

      const { candidates } = await store.search.find('acme', query)
      const found = candidates.map(({ text }) => (JSON.parse(text) as Message).message_data)
      expect(found).toEqual(['apple'])
    })
  },
)
