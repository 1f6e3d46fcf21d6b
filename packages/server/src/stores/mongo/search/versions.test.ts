import type { Message } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mongoKinds, newDatabase, noMongo } from '../../../../tests/support/mongo.ts'
import { termsVersion } from '../../../search/terms.ts'
import { changeDraft, draft, room } from '../../../testing/store-cases/making.ts'
import { appendAll, changed } from '../../../testing/store-cases/message-changes.ts'
import type { MessageTarget } from '../../store.ts'
import { mongoStore } from '../index.ts'

const [kind] = mongoKinds
const key = room('r')
const another = `not ${termsVersion}`
const query = { places: { streams: [key.stream], tickets: 'all' }, limit: 9 } as const

async function open() {
  const server = await kind?.start()
  if (!server) throw new Error('There is a MongoDB')
  onTestFinished(() => server.stop())
  const database = newDatabase()
  const store = await mongoStore({ url: server.url, database, deadlineMs: 30_000 })
  onTestFinished(() => store.close())
  const client = new MongoClient(server.url)
  onTestFinished(() => client.close())
  const cursors = client.db(database).collection('search_cursors')
  const madeBy = async () => (await cursors.findOne({}))?.made_by as string
  const foundBy = async (term: string) => {
    const { candidates } = await store.search.find('acme', { ...query, terms: [term] })
    return candidates.map(({ text }) => (JSON.parse(text) as Message).message_data)
  }
  const indexAll = async () => {
    while ((await store.search.index([key])).length > 0);
  }
  return { store, cursors, madeBy, foundBy, indexAll }
}

describe.skipIf(noMongo)(
  `search in MongoDB of several versions${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    it('[FT16] finds at once what servers of two versions index, and indexes it anew where one is left', async () => {
      const { store, cursors, madeBy, foundBy, indexAll } = await open()
      await store.search.prepare('acme')
      await appendAll(store, [draft({ message_data: 'apple' })])
      await indexAll()
      expect(await madeBy()).toBe(termsVersion)
      await cursors.updateMany({}, { $set: { made_by: another } })

      await appendAll(store, [draft({ message_data: 'pear' })])
      await indexAll()
      expect(await foundBy('pear')).toEqual(['pear'])
      const both = await madeBy()
      expect([termsVersion, another]).not.toContain(both)
      await appendAll(store, [draft({ message_data: 'plum' })])
      await indexAll()
      expect(await madeBy()).toBe(both)

      expect((await store.search.behind('acme', null)).streams).toEqual([key.stream])
      expect(await foundBy('pear')).toEqual([])
      await indexAll()
      expect(await madeBy()).toBe(termsVersion)
      for (const word of ['apple', 'pear', 'plum']) expect(await foundBy(word)).toEqual([word])
    })

    it('[FT16] indexes a stream anew in which another version has edited a message', async () => {
      const { store, cursors, madeBy, foundBy, indexAll } = await open()
      await store.search.prepare('acme')
      const [target] = (await appendAll(store, [draft({ message_data: 'apple' })])) as [MessageTarget]
      await indexAll()
      await cursors.updateMany({}, { $set: { made_by: another } })
      await changed(store, changeDraft(target, { change: 'edited', message_data: 'pear' }))
      expect(await foundBy('pear')).toEqual(['pear'])
      expect([termsVersion, another]).not.toContain(await madeBy())
    })
  },
)
