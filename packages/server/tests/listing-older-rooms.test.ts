import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { expect, it, onTestFinished } from 'vitest'
import { databaseName } from '../src/stores/embedded/data-folder.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { migrations } from '../src/stores/embedded/migrations.ts'
import { type Database, loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { draft, drafts } from '../src/testing/store-cases/making.ts'
import { make } from '../src/testing/store-cases/rooms.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { mongoKinds, newDatabase, noMongo } from './support/mongo.ts'

const madeAt = '2026-01-01T00:00:00.000Z'
const sentAt = '2026-01-02T00:00:00.000Z'

/** A room of two people with three messages, and one without any, in a file from before there were lists. */
function writeOlder(db: Database): void {
  const before = migrations.findIndex((step) => step.includes('CREATE TABLE readers'))
  db.exec(migrations.slice(0, before).join(';'))
  db.exec(`PRAGMA application_id = ${0x64776374}; PRAGMA user_version = ${before}`)
  for (const [n, room] of ['~busy', '~quiet'].entries()) {
    db.exec(`INSERT INTO rooms (n, workspace_id, id, kind, metadata_text, owner, member_count, created_at, version, user_id,
      pair, members, invites, cid, fingerprint) VALUES (${n + 1}, 'acme', '${room}', 'members', '{}', 'ann', 2, '${madeAt}', 1,
      'ann', '${room}', '[]', '[]', 'cid ${n}', '')`)
    for (const user of ['ann', 'ben'])
      db.exec(`INSERT INTO room_members VALUES ('acme', '${user}', ${n + 1})`)
  }
  db.exec("INSERT INTO streams (n, workspace_id, stream, epoch) VALUES (1, 'acme', 'room:~busy', 'epoch')")
  for (const n of [1, 2, 3])
    db.exec(`INSERT INTO entries (stream_n, seq, nth, id, author, cid, fingerprint, text) VALUES (1, ${n}, ${n}, 'id ${n}',
      'ann', 'cid ${n}', '', '{"created_at":"${sentAt}"}')`)
}

async function listOf(store: Store, user: string) {
  const { readers } = await store.readers.list('acme', { user_ids: [user], is_archived: false, limit: 9 })
  return readers.map(({ stream, nth, active_at }) => [stream, nth, active_at])
}

it('[RL24] lists the rooms of a data folder from before there were lists, as read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-older-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(folder, { recursive: true })
  const db = (await loadSqlite())(join(folder, databaseName))
  writeOlder(db)
  db.close()
  const store = await embeddedStore({ path: folder })
  onTestFinished(() => store.close())
  for (const user of ['ann', 'ben'])
    expect(await listOf(store, user)).toEqual([
      ['room:~busy', 3, sentAt],
      ['room:~quiet', 0, madeAt],
    ])
  await store.streams.append({ workspace_id: 'acme', stream: 'room:~busy' }, [draft()])
  const mark = { nth: 3, seq: 3, user_ids: ['ben'] }
  const [end] = await store.streams.ends([{ workspace_id: 'acme', stream: 'room:~busy', mark }])
  expect(end?.unread).toBe(1)
})

it.skipIf(noMongo)(
  '[RL24] lists the rooms of a database from before there were lists, as read',
  { timeout: 300_000 },
  async () => {
    const server = await (mongoKinds.at(-1) ?? mongoKinds[0])?.start()
    if (!server) return
    onTestFinished(() => server.stop())
    const database = newDatabase()
    const open = () => mongoStore({ url: server.url, database, deadlineMs: 30_000 })
    const rooms = await withStore(open, async (store) => {
      const [busy, quiet] = [await make(store), await make(store)]
      await store.streams.append({ workspace_id: 'acme', stream: `room:${busy._id}` }, drafts(3))
      return [busy, quiet]
    })
    const client = await new MongoClient(server.url).connect()
    onTestFinished(() => client.close())
    const db = client.db(database)
    await db.collection('readers').drop()
    await db.collection<{ _id: string }>('meta').updateOne({ _id: 'store' }, { $set: { version: 2 } })
    await withStore(open, async (store) => {
      for (const user of ['ann', 'ben'])
        expect((await listOf(store, user)).map((row) => row.slice(0, 2))).toEqual([
          [`room:${rooms[0]?._id}`, 3],
          [`room:${rooms[1]?._id}`, 0],
        ])
    })
  },
)
