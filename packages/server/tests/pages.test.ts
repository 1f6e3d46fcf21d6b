import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/testing/index.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connect, until } from './support/sockets.ts'

const index = '<!doctype html><title>An app</title>'
const hashed = 'assets/index-B3xq9dZf.js'

function pagesFolder(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), index)
  writeFileSync(join(folder, hashed), 'export {}')
  writeFileSync(join(folder, '.env'), 'SECRET=1')
  return folder
}

async function openPages(folder = pagesFolder()): Promise<string> {
  const server = await startServer({ pages: folder })
  onTestFinished(() => server.close())
  return server.url
}

/** Sends a request path unchanged, which `fetch` would normalize; resolves to the status. */
function statusOf(url: string, path: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { path, method, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode))
    })
    asked.once('error', reject).end()
  })
}

it('[EX26] serves a folder of pages beside everything else', async () => {
  const url = await openPages()

  const page = await fetch(`${url}/`)
  expect([page.status, await page.text()]).toEqual([200, index])
  expect(page.headers.get('content-type')).toMatch('text/html')
  expect(page.headers.get('cache-control')).toBe('no-cache')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
  const script = await fetch(`${url}/${hashed}`)
  expect(script.headers.get('content-type')).toMatch('javascript')
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')

  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
  const missing = await fetch(`${url}/nowhere`)
  expect([missing.status, await missing.json()]).toEqual([
    404,
    { status: 'failure', data: 'There is no such page' },
  ])
  const guest = await connect(url, { protocol: 1, workspace_id: 'demo', guest: true })
  await guest.untilHeard('hello')
})

it('[EX27] gives nothing from outside the folder, and nothing hidden in it', async () => {
  const folder = pagesFolder()
  writeFileSync(`${folder}-secret.txt`, 'secret')
  onTestFinished(() => rmSync(`${folder}-secret.txt`))
  const url = await openPages(folder)
  const name = folder.split('/').at(-1)
  const paths = [
    '/.env',
    '/%2eenv',
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
    `/../${name}-secret.txt`,
    '//etc/passwd',
    '/%00',
    '/%',
    '/assets',
  ]
  for (const path of paths) expect(await statusOf(url, path), path).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE']) expect(await statusOf(url, '/', method), method).toBe(404)
})

it('[EX28] goes on where a page cannot be read or is asked for in nonsense', async () => {
  const folder = pagesFolder()
  const url = await openPages(folder)
  for (const range of ['bytes=5-2', 'bytes=-1', 'bytes=9999-', 'apples']) {
    expect((await fetch(url, { headers: { range } })).status, range).toBe(200)
  }
  expect((await fetch(`${url}/${hashed}`, { method: 'HEAD' })).status).toBe(200)

  // As a build does while a browser loads the page.
  writeFileSync(join(folder, 'index.html'), `${index}<p>Longer than before`)
  expect(await (await fetch(url)).text()).toContain('Longer than before')
  rmSync(join(folder, hashed))
  expect((await fetch(`${url}/${hashed}`)).status).toBe(404)
})

it('[EX29] ends an answer whose file cannot be opened, and nothing else', async () => {
  const folder = pagesFolder()
  // It exists, but not even root can open it.
  const socket = createSocketServer().listen(join(folder, 'socket.html'))
  onTestFinished(() => void socket.close())
  const url = await openPages(folder)
  await expect(fetch(`${url}/socket.html`)).rejects.toThrow()
  expect((await fetch(url)).status).toBe(200)
})

it('[EX30] says where the pages are', async () => {
  const server = await startProcess({ env: shop(temporaryFolder()), args: ['--pages', pagesFolder()] })
  await until(() => expect(server.stdout).toContain(`Open ${server.url}/ in a browser`))
  expect(await (await fetch(server.url)).text()).toBe(index)
})

it.each([
  ['is not there', 'nowhere', /There is no folder of pages .*nowhere: build it first/],
  ['has no index.html', '.', /has no index\.html: build it first/],
])('[EX31] does not start with a folder of pages that %s', async (_, name, problem) => {
  const server = new ServerProcess({
    env: shop(temporaryFolder()),
    args: ['--pages', join(temporaryFolder(), name)],
  })
  expect(await server.exited()).toBe(1)
  expect(server.stderr).toMatch(problem)
  expect(server.stderr).toMatch(/^dowellchat-server: /)
  expect(server.stderr, 'a stack trace').not.toMatch(/\n\s+at /)
})

it('[EX32] leaves the pages of a caller’s own http server to the caller', async () => {
  const http = createServer()
  await expect(startServer({ http, pages: pagesFolder() })).rejects.toThrow(/your own http server/)
})
