import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { databaseName } from '../src/stores/embedded/names.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { openChat } from '../src/testing/connect.ts'
import { temporaryFolder } from './support/server-process.ts'

it('[SD1] lists the other rooms where the row of one is damaged, and that one again once it is mended', async () => {
  const path = join(temporaryFolder(), 'data')
  const open = async () => {
    const store = await embeddedStore({ path })
    const chat = await openChat(onTestFinished, { store })
    return { chat, store, ann: await chat.connect('ann') }
  }
  const change = async (set: string) => {
    const db = (await loadSqlite())(join(path, databaseName))
    db.exec(`UPDATE rooms SET ${set} WHERE n = (SELECT min(n) FROM rooms)`)
    db.close()
  }
  const names = (rooms: readonly { readonly _id: string }[]) => rooms.map(({ _id }) => _id).toSorted()

  const first = await open()
  const rooms = await Promise.all(
    ['first', 'second'].map((title) =>
      first.ann.request('create_room', { kind: 'members', members: ['ben'], title, cid: randomUUID() }),
    ),
  )
  const [damaged, whole] = rooms.toSorted((a, b) => (a._id < b._id ? -1 : 1))
  await first.chat.close()

  await change("metadata_text = '{'")
  const second = await open()
  const told: string[] = []
  second.store.onDamaged?.(({ collection, place }) => told.push(`${collection} ${place}`))
  expect(names((await second.ann.request('get_rooms', {})).rooms)).toEqual([whole?._id])
  expect(await second.ann.request('get_unread', {})).toMatchObject({ unread: 0 })
  expect(told).toEqual([`rooms ${damaged?._id}`])
  await second.chat.close()

  await change("metadata_text = '{}'")
  const third = await open()
  expect(names((await third.ann.request('get_rooms', {})).rooms)).toEqual(names(rooms))
})
