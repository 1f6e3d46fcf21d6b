import { statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { commands } from '../src/executable/commands/index.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { migrations } from '../src/stores/embedded/migrations.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { migrations as mongoMigrations } from '../src/stores/mongo/migrations.ts'
import { draft, room } from '../src/testing/store-cases/making.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { makeOldDataFolder } from './support/old-data-folder.ts'
import { expectProblem } from './support/refusal.ts'
import { temporaryFolder } from './support/server-process.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
})
afterAll(() => vi.restoreAllMocks())

const KEY_PEPPER = 'a pepper of the tests'
/** Every kind of command that opens the store itself. */
const lines = [
  'check',
  'check --rename',
  'export ann --workspace acme',
  'erase ann --workspace acme',
  'audit --workspace acme',
  'keys list --workspace acme',
  'keys create --workspace acme --name ops',
]

async function run(line: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const [name = '', ...args] = line.split(' ')
  await commands.get(name)?.run(args, environment)
}

const older = (version: number, known: number) =>
  new RegExp(`older version \\(${version}, this one knows ${known}\\): back it up and start a server`)

describe('a data folder of an older version', () => {
  async function versionOf(folder: string): Promise<unknown> {
    const db = (await loadSqlite())(join(folder, 'chat.sqlite'))
    const { user_version } = db.prepare<{ user_version: number }>('PRAGMA user_version').get() ?? {}
    db.close()
    return user_version
  }

  it('[EX45] stays as it is whichever command is run, and a server brings it up to date', async () => {
    const folder = temporaryFolder()
    await makeOldDataFolder(folder)
    const problem = older(2, migrations.length)
    for (const line of lines) await expectProblem(run(line, { DATA_DIR: folder, KEY_PEPPER }), problem)
    await expectProblem(run(`migrate --from ${folder} --to ${temporaryFolder()}`, {}), problem)
    expect(await versionOf(folder)).toBe(2)
    await (await embeddedStore({ path: folder })).close()
    expect(await versionOf(folder)).toBe(migrations.length)
    await run('check', { DATA_DIR: folder })
  })
})

it('[SD15] a command leaves the time of the last use, by which a server knows a leap of its clock', async () => {
  const folder = temporaryFolder()
  const store = await embeddedStore({ path: folder })
  await store.streams.append(room('r'), [draft({ author: 'ann' })])
  await store.close()
  const used = new Date('2026-01-01T00:00:00.000Z')
  utimesSync(join(folder, 'written'), used, used)
  for (const line of lines) await run(line, { DATA_DIR: folder, KEY_PEPPER })
  await run(`migrate --from ${folder} --to ${temporaryFolder()}`, {})
  expect(statSync(join(folder, 'written')).mtime).toEqual(used)
  const next = await embeddedStore({ path: folder })
  expect(next.usedUntil).toBe(used.getTime())
  await next.close()
})

describe.skipIf(noMongo)(`a database of an older version${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it('[EX45] stays as it is whichever command is run, and a server brings it up to date', async () => {
    const url = newDatabaseUrl(server)
    const open = () => mongoStore({ url, deadlineMs: 20_000 })
    const store = await open()
    await store.streams.append(room('r'), [draft({ author: 'ann' })])
    await store.close()
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    const meta = client.db().collection<{ version: number }>('meta')
    await meta.updateOne({}, { $set: { version: 2 } })
    const problem = older(2, mongoMigrations.length)
    for (const line of lines) await expectProblem(run(line, { MONGODB_URI: url, KEY_PEPPER }), problem)
    await expectProblem(run(`migrate --from ${url} --to ${temporaryFolder()}`, {}), problem)
    expect(await meta.findOne({})).toMatchObject({ version: 2 })
    await (await open()).close()
    await run('check', { MONGODB_URI: url })
  })
})
