import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/testing/index.ts'
import { filesIn, png, sendFiles, upload } from './support/files.ts'
import { startProcess, temporaryFolder } from './support/server-process.ts'
import { connect } from './support/sockets.ts'

async function tokenFor(url: string, user: object): Promise<string> {
  const response = await fetch(`${url}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(user),
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
  return ((await response.json()) as { token: string }).token
}

it('[DM1] lets anybody in as anybody, by a token of the demo', async () => {
  const server = await startServer({ demo: true })
  onTestFinished(() => server.close())
  for (const [user, said] of [
    [{ user_id: 'ann', name: 'Ann', role: 'customer' }, { name: 'Ann' }],
    [{ user_id: 'meg', role: 'agent' }, { name: null }],
    [{ user_id: 'root', name: 'Root', role: 'admin' }, { name: 'Root' }],
  ] as const) {
    const socket = await connect(server.url, { protocol: 1, token: await tokenFor(server.url, user) })
    const { user_id, role } = user
    expect(await socket.first('hello')).toMatchObject({ workspace_id: 'demo', user_id, role, ...said })
  }
})

it('[DM1] has no tokens for those who do not ask for a demo, and takes none of another server', async () => {
  const [demo, other, plain] = await Promise.all([
    startServer({ demo: true }),
    startServer({ demo: true }),
    startServer(),
  ])
  for (const server of [demo, other, plain]) onTestFinished(() => server.close())
  const answer = await fetch(`${plain.url}/demo/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'ann', role: 'admin' }),
  })
  expect(answer.status).toBe(404)
  const token = await tokenFor(demo.url, { user_id: 'ann', role: 'admin' })
  for (const { url } of [other, plain])
    await expect(connect(url, { protocol: 1, token })).rejects.toMatchObject({
      data: { code: 'unauthenticated' },
    })
})

it('[DM1] needs the workspace demo, and an http server of its own', async () => {
  const shop = [{ id: 'shop', keys: ['shop-key'] }]
  await expect(startServer({ demo: true, workspaces: shop })).rejects.toThrow(/^demo: add a workspace demo/)
  await expect(startServer({ demo: true, http: createServer() })).rejects.toThrow(/leave `http` out/)
})

it('[DM1, FI27] is what --demo starts, with a folder of files', async () => {
  const folder = temporaryFolder()
  const { url } = await startProcess({ env: { PORT: '0', DATA_DIR: folder }, args: ['--demo'] })
  const token = await tokenFor(url, { user_id: 'meg-ortiz', name: 'Meg Ortiz', role: 'agent' })
  const meg = await connect(url, { protocol: 1, token })
  expect(await meg.request('get_all_topics', {})).toHaveLength(4)
  // She is there now.
  await expect
    .poll(async () => (await meg.request('get_tickets', {})).tickets)
    .toMatchObject([{ display_name: 'Ben Okafor', line_manager: 'meg-ortiz' }])
  await sendFiles(meg, 'lobby', [await upload({ url }, meg)])
  expect(await filesIn(join(folder, 'files'))).toEqual([png.length])
})
