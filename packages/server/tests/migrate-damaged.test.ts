import { join } from 'node:path'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { check } from '../src/executable/commands/check.ts'
import { migrate } from '../src/executable/commands/migrate.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { draft, newTopic, range, room, rowOf } from '../src/testing/store-cases/making.ts'
import { make } from '../src/testing/store-cases/rooms.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { digestsOf } from './support/digests.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

beforeEach(() => {
  vi.spyOn(console, 'log')
    .mockReset()
    .mockImplementation(() => {})
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})
afterAll(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

/** A topic, a room with members, and five messages; answers the topic's id. */
async function fill(store: Store): Promise<string> {
  const { _id } = rowOf(await store.topics.create(newTopic('billing')))
  await make(store)
  await store.streams.append(
    room('r'),
    range(1, 5).map(() => draft()),
  )
  return _id
}

async function filledFolder() {
  const path = temporaryFolder()
  const topic = await withStore(() => embeddedStore({ path }), fill)
  const connect = await loadSqlite()
  const damage = (sql: string) => {
    const db = connect(join(path, 'chat.sqlite'))
    db.exec(sql)
    db.close()
  }
  return { path, topic, damage }
}

it('[MI22] names the row that cannot be read, and not what is in it', async () => {
  const { path, topic, damage } = await filledFolder()
  damage(`UPDATE topics SET targets = '{SECRET'`)
  const command = new ServerProcess({ args: ['migrate', '--from', path, '--to', temporaryFolder()] })
  expect(await command.exited()).toBe(1)
  expect(command.stderr).toMatch(
    new RegExp(
      `dowellchat-server: topics ${topic} of workspace acme cannot be read .*dowellchat-server check`,
    ),
  )
  expect(command.stderr).not.toMatch(/SECRET|\n\s+at /)
})

describe.skipIf(noMongo)(`damaged rows, to MongoDB and from there${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  async function filledDatabase(): Promise<{ url: string; topic: string; db: Db }> {
    const url = newDatabaseUrl(server)
    const topic = await withStore(() => mongoStore({ url, deadlineMs: 20_000 }), fill)
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    return { url, topic, db: client.db() }
  }

  it('[MI22] moves messages whose text is damaged as they are', async () => {
    const { path, damage } = await filledFolder()
    damage(`UPDATE entries SET text = 'Hello SECRET' WHERE seq = 2`)
    damage(`UPDATE entries SET text = 'null' WHERE seq = 4`)
    const url = newDatabaseUrl(server)
    await migrate(['--from', path, '--to', url])
    expect((await digestsOf(url, 'acme')).entries).toEqual((await digestsOf(path, 'acme')).entries)
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    const moved = await client.db().collection('entries').find().sort({ seq: 1 }).toArray()
    const times = moved.map(({ created_at }) => String(created_at))
    // The id knows when it was made.
    expect(times).toEqual(times.toSorted())
    expect(times[1]).toMatch(/^20/)
  })

  it('[MI22] names the row with an odd field, which a data folder cannot have', async () => {
    const { url, topic, db } = await filledDatabase()
    const to = () => temporaryFolder()
    await db.collection('topics').updateOne({}, { $set: { name: { first: 'SECRET' } } })
    const problem = new RegExp(
      `^topics ${topic} of workspace acme cannot be copied \\(its field name is of another kind\\)`,
    )
    await expectProblem(migrate(['--from', url, '--to', to()]), problem)
    await db.collection('topics').updateOne({}, { $set: { name: 'billing' } })
    await db.collection('entries').updateOne({ seq: 3 }, { $unset: { text: '' } })
    await expectProblem(migrate(['--from', url, '--to', to()]), /^entries room:r 3 of workspace acme cannot/)
  })

  it('[SD5] goes on behind a row with odd fields, with --rename too', async () => {
    const { url, topic, db } = await filledDatabase()
    await db.collection('topics').updateOne({}, { $set: { name: 7 } })
    await check([], { MONGODB_URI: url })
    const said = vi.mocked(console.log).mock.calls.flat()
    expect(said).toEqual([
      `acme topics ${topic}: its field name is of another kind`,
      expect.stringMatching(/^1 problem: /),
      'All names and ids are normal',
    ])
    await check(['--rename'], { MONGODB_URI: url })
    expect(await db.collection('topics').findOne({})).toMatchObject({ name: 7 })
  })
})
