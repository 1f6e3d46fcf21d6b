import { join } from 'node:path'
import type { Message } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../tests/support/server-process.ts'
import { draft, room } from '../../../testing/store-cases/making.ts'
import { appendAll } from '../../../testing/store-cases/message-changes.ts'
import { withStore } from '../../../testing/store-cases/store-case.ts'
import { embeddedStore } from '../index.ts'
import { databaseName } from '../names.ts'
import { loadSqlite } from '../sqlite.ts'

const key = room('r')
const query = { places: { streams: [key.stream], tickets: 'all' }, terms: ['apple'], limit: 9 } as const
const odd = ['{', '{}', 'null', '7', '{"kind":"text"}', '{"kind":"text","message_data":"a","attachments":7}']

it('[FT10] indexes what follows messages that are damaged', async () => {
  const path = temporaryFolder()
  const open = () => embeddedStore({ path })
  await withStore(open, async (store) => {
    await store.search.prepare('acme')
    await appendAll(store, [...odd.map(() => draft()), draft({ message_data: 'apple' })])
  })
  const connect = await loadSqlite()
  const db = connect(join(path, databaseName))
  for (const [at, text] of odd.entries())
    db.prepare('UPDATE entries SET text = ? WHERE seq = ?').run(text, at + 1)
  db.close()
  await withStore(open, async (store) => {
    expect(await store.search.index([key])).toEqual([])
    const { candidates } = await store.search.find('acme', query)
    const found = candidates.map(({ text }) => (JSON.parse(text) as Message).message_data)
    expect(found).toEqual(['apple'])
  })
})
