import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../tests/support/server-process.ts'
import { termsVersion } from '../../../search/terms.ts'
import { changeDraft, draft, drafts, placedOf, room } from '../../../testing/store-cases/making.ts'
import { withStore } from '../../../testing/store-cases/store-case.ts'
import { embeddedStore } from '../index.ts'
import { databaseName } from '../names.ts'
import { loadSqlite } from '../sqlite.ts'

const key = room('r')
const query = { places: { streams: [key.stream], tickets: 'all' }, limit: 9 } as const

it('[FT11] leaves no word of what is erased or edited away in the files', async () => {
  const path = temporaryFolder()
  const words = ['xylophonic', 'zugzwanging', 'qqqcality']
  // What words have in common the index keeps once, so their beginnings are what is sure to be there.
  const isIn = (word: string) =>
    readdirSync(path).some((name) =>
      readFileSync(join(path, name), 'latin1').includes(`${word.slice(0, 3)}*`),
    )
  await withStore(
    () => embeddedStore({ path }),
    async (store) => {
      await store.search.prepare('acme')
      const some = [...words.map((message_data) => draft({ message_data })), ...drafts(20)]
      const { appended } = await store.streams.append(key, some)
      while ((await store.search.index([key])).length > 0);
      expect(words.every(isIn)).toBe(true)
      await store.streams.remove(key, { targets: [1], reason: 'erased' })
      await store.streams.remove(key, { targets: [2], reason: 'deleted' })
      const { _id } = placedOf(appended[2]).placed
      const edit = { change: 'edited', message_data: 'nothing' } as const
      await store.streams.change(key, changeDraft({ seq: 3, message_id: _id }, edit))
      await store.streams.remove(key, { targets: [3], reason: 'erased' })
      await store.personal.settle()
    },
  )
  expect(words.some(isIn)).toBe(false)
})

it('[FT16] indexes everything anew whose terms another version has made', async () => {
  const path = temporaryFolder()
  const open = () => embeddedStore({ path })
  await withStore(open, async (store) => {
    await store.search.prepare('acme')
    await store.streams.append(key, [draft({ message_data: 'apple' })])
    await store.search.index([key])
    await store.search.complete('acme')
  })
  const connect = await loadSqlite()
  const db = connect(join(path, databaseName))
  db.exec(`UPDATE search_version SET version = 'not ${termsVersion}'`)
  db.close()
  await withStore(open, async (store) => {
    const asked = { ...query, terms: ['apple'] }
    expect((await store.search.find('acme', asked)).candidates).toEqual([])
    expect(await store.search.isComplete('acme')).toBe(false)
    // It can be removed although nobody knows under which terms it is.
    await store.streams.append(key, [draft({ message_data: 'apple again' })])
    await store.streams.remove(key, { targets: [1], reason: 'deleted' })
    expect(await store.search.prepare('acme')).toBe(false)
    expect((await store.search.behind('acme', null)).streams).toEqual([key.stream])
    await store.search.index([key])
    expect((await store.search.find('acme', asked)).candidates).toHaveLength(1)
  })
})
