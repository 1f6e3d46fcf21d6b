import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { digestsOf } from './support/digests.ts'
import { fillWorkspace } from './support/filled-store.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { everything, goOn, openerOf } from './support/moved-store.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

vi.setConfig({ testTimeout: 300_000 })

const preload = new URL('./support/killed-at-text.mjs', import.meta.url).href

/** Runs `dowellchat-server migrate` until it ends, or is killed a moment after it has printed a text. */
async function move(from: string, to: string, killedAt?: string) {
  const kill = killedAt === undefined ? {} : { preload, env: { KILLED_AT_TEXT: killedAt } }
  const command = new ServerProcess({ ...kill, args: ['migrate', '--from', from, '--to', to] })
  // A migration takes longer than a server takes to stop.
  const exitCode = await command.exited(120_000)
  return { exitCode, stdout: command.stdout, stderr: command.stderr }
}

describe.skipIf(noMongo)(`moving workspaces to MongoDB and back${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  let source = ''

  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
    source = mkdtempSync(join(tmpdir(), 'dowellchat-'))
    await withStore(openerOf(source), async (store) => {
      await fillWorkspace(store, 'acme', { messages: 5_000, tickets: 50 })
      await fillWorkspace(store, 'other', { messages: 100, tickets: 4 })
    })
  })

  afterAll(async () => {
    await server.stop()
    rmSync(source, { recursive: true })
  })

  it('[MI11] goes on after it was killed twice, and ends with every row as it was, there and back', async () => {
    const [url, back] = [newDatabaseUrl(server), temporaryFolder()]
    const killed = [
      await move(source, url, 'acme entries:  19 %'),
      await move(source, url, 'acme entries:  59 %'),
    ]
    expect(killed.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
      [null, ''],
      [null, ''],
    ])
    expect(await move(source, url)).toMatchObject({ exitCode: 0 })
    expect(await move(url, back, 'acme entries:  39 %')).toMatchObject({ exitCode: null })
    expect(await move(url, back)).toMatchObject({ exitCode: 0 })
    for (const workspace of ['acme', 'other']) {
      const kept = await digestsOf(source, workspace)
      expect(await digestsOf(url, workspace)).toEqual(kept)
      expect(await digestsOf(back, workspace)).toEqual(kept)
    }
  })

  it('[MI12] ends with a store that answers as the old one did', async () => {
    const url = newDatabaseUrl(server)
    expect(await move(source, url)).toMatchObject({ exitCode: 0 })
    const openMongo = () => mongoStore({ url, deadlineMs: 20_000 })
    expect(await withStore(openMongo, everything)).toEqual(await withStore(openerOf(source), everything))
    expect(await withStore(openMongo, goOn)).toEqual(await withStore(openerOf(source), goOn))
  })

  it('[MI13] refuses a database that has the workspace by its own', async () => {
    const url = newDatabaseUrl(server)
    await withStore(
      () => mongoStore({ url, deadlineMs: 20_000 }),
      (store) => fillWorkspace(store, 'acme', { messages: 1, tickets: 1 }),
    )
    const { exitCode, stderr } = await move(source, url)
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(/topics of workspace acme that --from has not/),
    ])
  })

  it('[MI14] says what is wrong with a URL, and no password', async () => {
    const { exitCode, stderr } = await move(source, 'mongodb://ann:secret@127.0.0.1:1/chat')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^dowellchat-server: MongoDB at 127\.0\.0\.1:1 does not answer/)
    expect(stderr).not.toContain('secret')
  })
})
