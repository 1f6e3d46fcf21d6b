import { expect, it, vi } from 'vitest'
import { commands } from '../src/executable/commands/index.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import { draft, room } from '../src/testing/store-cases/making.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { shop, startProcess, temporaryFolder } from './support/server-process.ts'

/** Runs a command in this process; resolves to its lines of JSON. */
async function run(line: string, environment: NodeJS.ProcessEnv) {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  const [name = '', ...args] = line.split(' ')
  await commands.get(name)?.run(args, environment)
  const lines = printed.mock.calls.flat().map((text) => JSON.parse(String(text)) as Record<string, unknown>)
  printed.mockRestore()
  return lines
}

it('[OP5] what the command line does is not taken for what a user called operator has done', async () => {
  const path = temporaryFolder()
  const env = { ...shop(path), WORKSPACES: 'shop' }
  const [made] = await run('keys create --scopes export,erase,audit,revoke', env)
  await withStore(
    () => embeddedStore({ path }),
    async (store) => {
      await store.streams.append(room('r', 'shop'), [draft({ author: 'operator' })])
    },
  )
  const server = await startProcess({ env })
  const online = { WORKSPACES: 'shop', DOWELLCHAT_URL: server.url, DOWELLCHAT_KEY: String(made?.secret) }
  await run('revoke eve', online)
  const before = await run('audit', online)
  expect(before.map(({ act, by }) => [act, by])).toEqual([
    ['revoke_sessions', 'dowellchat-server'],
    ['create_key', 'dowellchat-server'],
  ])
  const exported = await run('export operator', online)
  expect(exported.map(({ collection }) => collection)).toEqual(['entries'])
  await run('erase operator', online)
  await server.stop('SIGTERM')

  const after = await run('audit', env)
  expect(after.slice(-2)).toEqual(before)
  expect(await run('keys list', env)).toMatchObject([{ created_by: 'dowellchat-server' }])
})
