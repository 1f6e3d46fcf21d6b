import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
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

interface BytesAnswer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks with exactly these headers, and decodes nothing. */
function askBytes(url: string, headers: Record<string, string>): Promise<BytesAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, agent: false }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }),
      )
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

it('[EX29] answers what is there and no file as if it were not there', async () => {
  const folder = pagesFolder()
  // It exists, but not even root can open it.
  const socket = createSocketServer().listen(join(folder, 'socket.html'))
  onTestFinished(() => void socket.close())
  const url = await openPages(folder)
  expect((await fetch(`${url}/socket.html`)).status).toBe(404)
  expect((await fetch(url)).status).toBe(200)
})

describe('a page', () => {
  const script = `export const text = '${'a long text '.repeat(1_000)}'`

  function folderWithScript(): string {
    const folder = pagesFolder()
    writeFileSync(join(folder, hashed), script)
    return folder
  }

  it.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['BR', 'br', brotliDecompressSync],
    ['', undefined, (body: Buffer) => body],
    ['deflate, br;q=0.0', undefined, (body: Buffer) => body],
  ])('[ED10] is sent as it is asked for: %j', async (accepted, encoding, decode) => {
    const url = await openPages(folderWithScript())
    for (let each = 0; each < 2; each++) {
      const { status, headers, body } = await askBytes(`${url}/${hashed}`, { 'accept-encoding': accepted })
      expect([status, headers['content-encoding'], headers.vary]).toEqual([200, encoding, 'accept-encoding'])
      expect(headers['content-length']).toBe(String(body.length))
      expect(decode(body).toString()).toBe(script)
      if (encoding) expect(body.length).toBeLessThan(script.length / 10)
    }
    // What gains nothing is left as it is.
    const page = await askBytes(url, { 'accept-encoding': accepted })
    expect([page.headers['content-encoding'], page.body.toString()]).toEqual([undefined, index])
  })

  it('[ED10] is not sent again to a client that has it, until it changes', async () => {
    const folder = folderWithScript()
    const url = `${await openPages(folder)}/${hashed}`
    const first = await askBytes(url, {})
    const tag = first.headers.etag ?? ''
    for (const known of [tag, `W/"other", ${tag}`, '*']) {
      const again = await askBytes(url, { 'if-none-match': known })
      expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, tag])
      expect(again.headers['cache-control']).toMatch(/immutable/)
    }
    writeFileSync(join(folder, hashed), `${script} // changed`)
    const changed = await askBytes(url, { 'if-none-match': tag, 'accept-encoding': 'br' })
    expect(changed.status).toBe(200)
    expect(brotliDecompressSync(changed.body).toString()).toBe(`${script} // changed`)
  })

  it('[ED10] that is too large to keep is sent as it is', async () => {
    const folder = pagesFolder()
    const large = Buffer.alloc(9 * 1024 * 1024, 'large ')
    writeFileSync(join(folder, 'large.txt'), large)
    const url = `${await openPages(folder)}/large.txt`
    const { headers, body } = await askBytes(url, { 'accept-encoding': 'br' })
    expect([headers['content-encoding'], body.equals(large)]).toEqual([undefined, true])
  })

  it('[ED11] is served by a link within the folder, and by none out of it or to what is hidden', async () => {
    const folder = pagesFolder()
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'secret.txt'), 'secret')
    symlinkSync(join(folder, hashed), join(folder, 'script.js'))
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'file.txt'))
    symlinkSync(outside, join(folder, 'folder'))
    symlinkSync(join(folder, '.env'), join(folder, 'env.txt'))
    symlinkSync(join(folder, 'loop.txt'), join(folder, 'loop.txt'))
    const url = await openPages(folder)
    expect(await statusOf(url, '/script.js')).toBe(200)
    for (const path of ['/file.txt', '/folder/secret.txt', '/folder/secret', '/env.txt', '/loop.txt'])
      expect(await statusOf(url, path), path).toBe(404)
  })

  it('[ED11] is served from where a link to the folder leads now', async () => {
    const [before, after] = [pagesFolder(), pagesFolder()]
    writeFileSync(join(after, 'index.html'), 'the next release')
    const current = join(temporaryFolder(), 'current')
    symlinkSync(before, current)
    const url = await openPages(current)
    expect(await (await fetch(url)).text()).toBe(index)
    rmSync(current)
    symlinkSync(after, current)
    expect(await (await fetch(url)).text()).toBe('the next release')
  })

  it('[ED12] says what it may do, and is shown in no frame', async () => {
    const { headers } = await askBytes(await openPages(), {})
    expect(headers['content-security-policy']).toMatch(/(^|; )frame-ancestors 'none'$/)
    expect(headers['permissions-policy']).toMatch(/camera=\(self\), microphone=\(self\).*geolocation=\(\)/)
    expect(headers['cross-origin-opener-policy']).toBe('same-origin-allow-popups')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  it('[ED12] is shown in frames of the pages that are named, and of no others', async () => {
    const server = await startServer({
      pages: pagesFolder(),
      frameAncestors: ['self', 'https://intranet.example'],
    })
    onTestFinished(() => server.close())
    const { headers } = await askBytes(server.url, {})
    expect(headers['content-security-policy']).toMatch(/frame-ancestors 'self' https:\/\/intranet\.example$/)
    for (const ancestor of [
      '*',
      'https://intranet.example/',
      "https://a.example; script-src 'unsafe-inline'",
    ])
      await expect(startServer({ pages: pagesFolder(), frameAncestors: [ancestor] })).rejects.toThrow(
        /^frameAncestors: /,
      )
  })
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
