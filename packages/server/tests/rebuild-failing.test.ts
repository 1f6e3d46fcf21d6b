import { join } from 'node:path'
import { expect, it } from 'vitest'
import { databaseName, openDataFolder } from '../src/stores/embedded/data-folder.ts'
import { rebuilder } from '../src/stores/embedded/rebuilding.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'

const preload = new URL('./support/at-vacuum.mjs', import.meta.url).href
const problem = 'What was erased is still in unused parts of the database: it cannot be rebuilt'

it('[PD4] a server that cannot rebuild its database after an erasure says so at each start', async () => {
  const folder = temporaryFolder()
  const connect = await loadSqlite()
  openDataFolder(folder, connect).close()
  const db = connect(join(folder, databaseName))
  rebuilder(db, 0)()
  db.close()
  for (const _ of ['first', 'second']) {
    const server = await startProcess({ env: shop(folder, { AT_VACUUM: 'full' }), preload })
    await server.stop('SIGTERM')
    expect(server.problems).toEqual([expect.stringContaining(problem)])
    expect(server.stderr).toContain('"problem":"database or disk is full"')
  }
  const mended = await startProcess({ env: shop(folder) })
  await mended.stop('SIGTERM')
  expect(mended.problems).toEqual([])
})

it('[PD4] a command that erases without a server waits for a slow disk', async () => {
  const folder = temporaryFolder()
  const server = await startProcess({ env: shop(folder) })
  await server.stop('SIGTERM')
  // Longer than the store may take otherwise.
  const env = shop(folder, { AT_VACUUM: '2500', LIMITS: 'storeMs=2000' })
  const command = new ServerProcess({ env, preload, args: ['erase', 'ann'] })
  expect(await command.exited(), command.stderr).toBe(0)
  expect(command.stdout).toContain('"user_id":"ann"')
})
