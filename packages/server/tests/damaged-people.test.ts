import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createChatServer } from '../src/chat-server.ts'
import { eraseUser, exportUser } from '../src/executable/commands/personal-data.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { type Database, loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { draft, newReport, newTicket, room, rowOf } from '../src/testing/store-cases/making.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { seen } from '../src/testing/store-cases/users.ts'
import { fillWorkspace } from './support/filled-store.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { temporaryFolder } from './support/server-process.ts'

const printed = vi.spyOn(console, 'log')
const warned = vi.spyOn(console, 'warn')
beforeEach(() => {
  for (const spy of [printed, warned]) spy.mockReset().mockImplementation(() => {})
})
afterAll(() => vi.restoreAllMocks())

/** What a workspace has, and a person of whom there is something in several collections, the last rows of all. */
async function fill(store: Store): Promise<void> {
  await fillWorkspace(store, 'acme', { messages: 10, tickets: 3 })
  await store.users.see('acme', [seen('zora')])
  await store.tickets.create(newTicket({ user_id: 'zora' }))
  rowOf(await store.reports.create(newReport({ user_id: 'zora' })))
  await store.streams.append(room('r0'), [draft({ author: 'zora' })])
}

/** Has a server register the workspace. */
async function serve(store: Store): Promise<void> {
  const workspaces = [{ id: 'acme', keys: [] }]
  await (await createChatServer({ store, port: 0, host: '127.0.0.1', workspaces })).close()
}

/** Exports and erases the person by the commands; fails unless everything of theirs is told, and nothing is left of it. */
async function expectFound(env: NodeJS.ProcessEnv, open: () => Promise<Store>): Promise<string> {
  const args = ['zora', '--workspace', 'acme']
  const environment = { ...env, KEY_PEPPER: 'a pepper of the tests' }
  await exportUser(args, environment)
  const rows = printed.mock.calls.map(([line]) => JSON.parse(String(line)) as { collection: string })
  const found = new Set(rows.map(({ collection }) => collection))
  expect(found).toEqual(new Set(['users', 'tickets', 'reports', 'entries']))
  await eraseUser(args, environment)
  await withStore(open, async (store) => {
    expect((await store.personal.read('acme', ['zora'], null)).rows).toEqual([])
  })
  return warned.mock.calls.flat().join('\n')
}

const bad = "'{bad'"
const bytes = "x'00'"
/** A column of each table, and what is in it that no server has written. */
const damage: Record<string, [column: string, value: string]> = {
  topics: ['targets', bad],
  line_managers: ['topics', bad],
  tickets: ['tags', bad],
  canned_answers: ['created_at', bytes],
  share_links: ['uses', bad],
  rooms: ['members', bad],
  paces: ['cid', bytes],
  calls: ['body', bad],
  users: ['name', bytes],
  aliases: ['guest_id', bytes],
  blocks: ['created_at', bytes],
  readers: ['stream', bytes],
  reports: ['message_text', bad],
  keys: ['scopes', bad],
  audit: ['at', bytes],
  revocations: ['revoked_before', bytes],
  deliveries: ['event_text', bad],
  notices: ['stream', bytes],
  threads: ['parent', bytes],
  uploads: ['created_at', bytes],
  upload_days: ['day', bytes],
  streams: ['epoch', bytes],
  entries: ['cid', bytes],
}

function damageFirst(db: Database, table: string): void {
  const [column, value] = damage[table] ?? []
  const key = table === 'revocations' ? 'user_id' : 'rowid'
  const sql = `UPDATE ${table} SET ${column} = ${value} WHERE ${key} = (SELECT min(${key}) FROM ${table})`
  expect([table, Number(db.prepare(sql).run().changes)]).toEqual([table, 1])
}

describe('export and erase, where a row of each collection is damaged', () => {
  it('[PD7] find everything else of a person in a data folder, and name what they cannot read', async () => {
    const folder = temporaryFolder()
    const open = () => embeddedStore({ path: folder })
    await withStore(open, fill)
    await serve(await open())
    const db = (await loadSqlite())(join(folder, 'chat.sqlite'))
    for (const table of Object.keys(damage)) damageFirst(db, table)
    db.close()
    const warnings = await expectFound({ DATA_DIR: folder }, open)
    // The texts of reports and deliveries are read where they matter alone.
    for (const table of Object.keys(damage).filter((name) => !['reports', 'deliveries'].includes(name)))
      expect(warnings).toContain(`"collection":"${table}"`)
    expect(warnings).not.toContain('{bad')
  })
})

describe.skipIf(noMongo)(`export and erase on MongoDB${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it('[PD7] find everything else of a person where rows have odd fields, and name those', async () => {
    const url = newDatabaseUrl(server)
    const open = () => mongoStore({ url, deadlineMs: 20_000 })
    await withStore(open, fill)
    await serve(await open())
    const client = await new MongoClient(url).connect()
    onTestFinished(() => client.close())
    const odd = {
      share_links: { usernames: 7 },
      rooms: { invites: 'none', members: null },
      calls: { callee_devices: 'none' },
      reports: { message_text: '{bad' },
      deliveries: { event_text: '{bad' },
      entries: { text: '{bad' },
    }
    for (const [name, fields] of Object.entries(odd))
      await client.db().collection(name).updateOne({}, { $set: fields })
    await client
      .db()
      .collection('entries')
      .updateOne({ author: 'author 2' }, { $unset: { text: '' } })
    const warnings = await expectFound({ MONGODB_URI: url }, open)
    for (const name of ['share_links', 'rooms']) expect(warnings).toContain(`"collection":"${name}"`)
  })
})
