import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { mongoPortable } from '../src/stores/mongo/portable/index.ts'
import { drafts, newTopic, room } from '../src/testing/store-cases/making.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { digestsOf } from './support/digests.ts'
import { ExecutableProcess } from './support/executable-process.ts'
import { mongoKinds, newDatabaseUrl, noMongo } from './support/mongo.ts'
import { programCommand } from './support/programs.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

/** A data folder of some megabytes. */
async function largeFolder(): Promise<string> {
  const path = temporaryFolder()
  await withStore(
    () => embeddedStore({ path }),
    async (store) => {
      await store.topics.create(newTopic('billing'))
      for (let at = 0; at < 20; at++) await store.streams.append(room('r'), drafts(200))
    },
  )
  return path
}

it('[MI23] says that the disk takes no more in one line, and goes on when it does', async () => {
  const [from, to] = [await largeFolder(), join(temporaryFolder(), 'new')]
  const args = ['migrate', '--from', from, '--to', to] as const
  // Blocks of 512 bytes: no file grows over a megabyte.
  const limited = ['sh', '-c', 'ulimit -f 2048; exec "$@"', 'sh', ...programCommand('main', ...args)] as const
  const command = new ExecutableProcess({ command: limited, env: {} })
  onTestFinished(() => command.stop('SIGKILL').then(() => undefined))
  expect(await command.exited()).toBe(1)
  const said = command.stderr.split('\n').filter((line) => line.startsWith('dowellchat-server:'))
  expect(said).toEqual([
    expect.stringMatching(/new\/chat\.sqlite cannot be written: .*the disk fails or is full/),
  ])
  expect(command.stderr).not.toMatch(/\n\s+at /)

  const again = new ServerProcess({ args })
  expect(await again.exited(), again.stderr).toBe(0)
  expect(await digestsOf(to, 'acme')).toEqual(await digestsOf(from, 'acme'))
})

it('[MI23] says so where a page of the source is damaged', async () => {
  const from = await largeFolder()
  const file = join(from, 'chat.sqlite')
  const db = (await loadSqlite())(file)
  const { rootpage = 0 } =
    db.prepare<{ rootpage: number }>("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").get() ?? {}
  const { page_size = 0 } = db.prepare<{ page_size: number }>('PRAGMA page_size').get() ?? {}
  db.close()
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(page_size, 7), 0, page_size, (rootpage - 1) * page_size)
  await handle.close()
  const command = new ServerProcess({ args: ['migrate', '--from', from, '--to', temporaryFolder()] })
  expect(await command.exited()).toBe(1)
  expect(command.stderr).toMatch(
    /entries room:r 1 of workspace acme cannot be read \(its page of the file is damaged\): dowellchat-server check lists what is damaged/,
  )
  expect(command.stderr).not.toMatch(/\n\s+at /)

  const checked = new ServerProcess({ args: ['check'], env: { DATA_DIR: from } })
  expect(await checked.exited()).toBe(1)
  expect(checked.stdout).toContain('entries: the rest cannot be read, since a page of the file is damaged')
  expect(checked.stderr).toBe('')
})

describe.skipIf(noMongo)(`a migration whose MongoDB goes away${noMongo ? `: ${noMongo}` : ''}`, () => {
  it('[MI23] fails as unavailable, which is one line', async () => {
    const server = await mongoKinds[0]?.start()
    if (!server) throw new Error('There is a MongoDB')
    const url = newDatabaseUrl(server)
    await withStore(
      () => mongoStore({ url, deadlineMs: 20_000 }),
      async (store) => {
        await store.streams.append(room('r'), drafts(1))
      },
    )
    const portable = await mongoPortable({ url, deadlineMs: 5_000 })
    onTestFinished(() => portable.close())
    const entry = await portable.last('acme', 'entries')
    if (!entry) throw new Error('There is a message')
    await server.stop()
    const asked = [
      portable.workspaces(),
      portable.count('acme', 'entries'),
      portable.find('acme', 'entries', entry),
      portable.last('acme', 'entries'),
      portable.write('acme', 'entries', [entry]),
      portable.replace('acme', 'entries', [entry]),
      portable.renameStream('acme', entry.stream, 'room:s'),
      portable.read('acme', 'entries', null)[Symbol.asyncIterator]().next(),
    ]
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map((one) => one.status === 'rejected' && one.reason.name)).toEqual(
      asked.map(() => 'StoreUnavailableError'),
    )
  })
})
