import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { check } from '../src/executable/commands/check.ts'
import { migrate } from '../src/executable/commands/migrate.ts'
import { eraseUser, exportUser } from '../src/executable/commands/personal-data.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { draft, newTopic, range, room } from '../src/testing/store-cases/making.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { digestsOf } from './support/digests.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { openerOf } from './support/moved-store.ts'
import { expectProblem } from './support/refusal.ts'
import { temporaryFolder } from './support/server-process.ts'

const printed = vi.spyOn(console, 'log')
beforeEach(() => {
  printed.mockReset().mockImplementation(() => {})
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})
afterAll(() => {
  vi.restoreAllMocks()
  process.exitCode = 0
})

const messages = 1_200
const holes = [500, 1_100]

/** Runs a command in this process; resolves to what it would print. */
async function printedBy(command: Promise<void>): Promise<string[]> {
  printed.mockClear()
  await command
  return printed.mock.calls.flat().map(String)
}

describe.skipIf(noMongo)(`a stream with holes in MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** A database with one room, which lacks two messages; the last message is Ann's. */
  async function withHoles(): Promise<{ url: string; client: MongoClient }> {
    const url = newDatabaseUrl(server)
    await withStore(
      () => mongoStore({ url, deadlineMs: 20_000 }),
      async (store) => {
        await store.topics.create(newTopic('billing'))
        const authors = range(1, messages).map((n) => (n === messages ? 'ann' : 'ben'))
        for (let at = 0; at < messages; at += 200)
          await store.streams.append(
            room('r'),
            authors.slice(at, at + 200).map((author) => draft({ author })),
          )
      },
    )
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    await client
      .db()
      .collection('entries')
      .deleteMany({ seq: { $in: holes } })
    return { url, client }
  }

  it('[MI20] moves what is behind a hole', async () => {
    const { url, client } = await withHoles()
    // As a retention that was cut off leaves it, which has removed none of these yet.
    const pruned = { pruned_seq: 100, pruned_nth: 100, pruned_id: 'id' }
    await client.db().collection('streams').updateMany({}, { $set: pruned })
    const folder = temporaryFolder()
    const said = await printedBy(migrate(['--from', url, '--to', folder]))
    expect(said.join('\n')).toContain(`acme entries: ${messages - 100 - holes.length} rows`)
    expect((await digestsOf(folder, 'acme')).entries).toEqual((await digestsOf(url, 'acme')).entries)
    await withStore(openerOf(folder), async (store) => {
      const { text } = await store.streams.messages(room('r'), { entries: 1, bytes: 10_000 })
      expect(JSON.parse(text)).toMatchObject([{ author: 'ann', seq: messages }])
    })
  })

  it('[MI20] ends with what does not move: entries of a stream that is missing', async () => {
    const { url, client } = await withHoles()
    await client.db().collection('streams').deleteMany({})
    const moving = migrate(['--from', url, '--to', temporaryFolder()])
    await expectProblem(moving, /--from has 1198 entries of workspace acme that cannot be copied/)
    const said = await printedBy(check([], { MONGODB_URI: url }))
    expect(said.join('\n')).toMatch(/acme entries \(1198 of them\): nothing leads to them/)
  })

  it('[SD5] names every hole', async () => {
    const { url } = await withHoles()
    const said = await printedBy(check([], { MONGODB_URI: url }))
    expect(said).toEqual([
      ...holes.map((seq) => `acme entries room:r ${seq + 1}: 1 entry before it is missing`),
      expect.stringContaining('2 problems'),
      'All names and ids are normal',
    ])
  })

  it('[PD1] exports and erases what is behind a hole', async () => {
    const { url, client } = await withHoles()
    const env = { MONGODB_URI: url, KEY_PEPPER: 'a pepper of the tests' }
    const args = ['ann', '--workspace', 'acme']
    expect((await printedBy(exportUser(args, env))).join('\n')).toContain(`"seq":${messages}`)
    await printedBy(eraseUser(args, env))
    const left = await client.db().collection('entries').findOne({ seq: messages })
    expect(left).toMatchObject({ author: '', text: expect.stringContaining('"kind":"removed"') })
  })
})
