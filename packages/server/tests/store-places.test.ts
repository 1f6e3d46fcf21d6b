import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { check } from '../src/executable/commands/check.ts'
import { migrate } from '../src/executable/commands/migrate.ts'
import { runVerify } from '../src/executable/verify/index.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { draft, room } from '../src/testing/store-cases/making.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})
afterAll(() => vi.restoreAllMocks())

async function fill(store: Store): Promise<void> {
  await store.streams.append(room('r'), [draft()])
  await store.close()
}

async function usedFolder(): Promise<string> {
  const path = temporaryFolder()
  await fill(await embeddedStore({ path }))
  return path
}

describe('a store that is neither a folder nor a MongoDB', () => {
  const others = [
    'postgres://ann:secret@host/chat',
    'MONGODB://ann:secret@host/chat',
    'mongo+x://ann:secret@h',
  ]

  it.each(others)('[MI5] is refused, without its password, and no folder is made: %s', async (other) => {
    const here = readdirSync('.')
    const [scheme] = other.split('ann')
    const problem = new RegExp(
      `^${scheme?.replace('+', '\\+')}… is no store: name a data folder, or a MongoDB`,
    )
    const from = await usedFolder()
    await expectProblem(migrate(['--from', from, '--to', other]), problem)
    await expectProblem(migrate(['--from', other, '--to', temporaryFolder()]), problem)
    await expectProblem(runVerify(['--store', other], {}), problem)
    await expectProblem(check([], { DATA_DIR: other }), problem)
    await expectProblem(embeddedStore({ path: other }), problem)
    expect(readdirSync('.')).toEqual(here)
  })

  it('[NC5] is refused by check as the MongoDB that it was given as', async () => {
    for (const MONGODB_URI of ['localhost:27017/chat', 'postgres://ann:secret@host/chat'])
      await expectProblem(check([], { MONGODB_URI }), /^The URL of MongoDB is not understood/)
  })
})

it('[MI21] moves nothing where there is nothing', async () => {
  const path = temporaryFolder()
  await (await embeddedStore({ path })).close()
  const to = join(temporaryFolder(), 'new')
  await expectProblem(migrate(['--from', path, '--to', to]), /^--from has no workspace with rows/)
  expect(existsSync(to)).toBe(false)
})

describe.skipIf(noMongo)(`a database of MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  async function usedDatabase(): Promise<string> {
    const url = newDatabaseUrl(server)
    await fill(await mongoStore({ url, deadlineMs: 20_000 }))
    return url
  }

  it('[MI21] that no server has used is refused, and nothing is made in it', async () => {
    const url = newDatabaseUrl(server)
    const problem = /no server has used the database/
    await expectProblem(migrate(['--from', url, '--to', temporaryFolder()]), problem)
    await expectProblem(check([], { MONGODB_URI: url }), problem)
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    expect(await client.db().listCollections().toArray()).toEqual([])
  })

  it('[MI6] that a server uses is refused, by whichever command', async () => {
    const [url, other] = [await usedDatabase(), await usedDatabase()]
    const store = await mongoStore({ url, deadlineMs: 20_000 })
    const chat = await createChatServer({
      store,
      port: 0,
      host: '127.0.0.1',
      workspaces: [{ id: 'acme', keys: [] }],
    })
    const problem = /The database test-.* is in use by a server: stop all servers of it first/
    try {
      await expectProblem(migrate(['--from', url, '--to', temporaryFolder()]), problem)
      await expectProblem(migrate(['--from', other, '--to', url]), problem)
      await expectProblem(check([], { MONGODB_URI: url }), problem)
      await expectProblem(check(['--rename'], { MONGODB_URI: url }), problem)
    } finally {
      await chat.close()
    }
    await check([], { MONGODB_URI: url })
  })

  it('[MI6] whose servers were killed is used', async () => {
    const url = await usedDatabase()
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    await client
      .db()
      .collection<{ _id: string; workspace_id: string; beat: number }>('nodes')
      .insertOne({ _id: 'killed', workspace_id: '', beat: 7 })
    const command = new ServerProcess({ args: ['check'], env: { MONGODB_URI: url } })
    expect(await command.exited()).toBe(0)
    expect(command.stdout).toContain('Everything can be read')
  })
})
