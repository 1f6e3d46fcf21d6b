import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/testing/index.ts'
import { temporaryFolder } from './support/server-process.ts'

const chunk = '/widget/assets/chunk-AB12CD34.js'

/** A widget as it is built, with other contents. */
function widgetFolder(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'widget/assets'), { recursive: true })
  writeFileSync(join(folder, 'widget.js'), `'a bubble'${' '.repeat(2_000)}`)
  writeFileSync(join(folder, 'widget/app.js'), 'export {}')
  writeFileSync(join(folder, chunk), 'export {}')
  writeFileSync(join(folder, 'secret.txt'), 'not the widget')
  return folder
}

async function open(options: Parameters<typeof startServer>[0]) {
  const server = await startServer(options)
  onTestFinished(() => server.close())
  return server
}

it('[WI20] serves the widget to pages of every origin', async () => {
  const { url } = await open({ widget: widgetFolder(), origins: ['https://shop.example'] })
  const script = await fetch(`${url}/widget.js`, { headers: { origin: 'https://shop.example' } })
  expect(await script.text()).toContain('a bubble')
  expect(Object.fromEntries(script.headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'content-type': expect.stringMatching(/^text\/javascript/),
    'content-encoding': expect.stringMatching(/^(br|gzip)$/),
    'cache-control': expect.stringContaining('max-age=600'),
  })
  const caches = await Promise.all(
    ['/widget/app.js', chunk].map(async (path) => (await fetch(url + path)).headers.get('cache-control')),
  )
  expect(caches).toEqual(['no-cache', expect.stringContaining('immutable')])
  const etag = script.headers.get('etag') ?? ''
  expect((await fetch(`${url}/widget.js`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  for (const path of ['/secret.txt', '/widget/none.js', '/widget/', '/widget/..%2fsecret.txt'])
    expect((await fetch(url + path)).status).toBe(404)
  expect((await fetch(`${url}/widget.js`, { method: 'POST' })).status).toBe(404)
})

async function listening(): Promise<{ readonly http: Server; readonly url: string }> {
  const http = createServer((_request, response) => response.end('the shop’s own'))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  return { http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

const textAt = async (url: string): Promise<string> => (await fetch(url)).text()

it('[WI21] serves it on an HTTP server of somebody else only if told to, and nothing beside it', async () => {
  const { http, url } = await listening()
  const server = await startServer({ http, widget: widgetFolder() })
  expect(await textAt(`${url}/widget.js`)).toContain('a bubble')
  expect(await textAt(`${url}${chunk}`)).toBe('export {}')
  expect(await textAt(`${url}/widget/none.js`)).toBe('the shop’s own')
  await server.close()
  expect(await textAt(`${url}/widget.js`)).toBe('the shop’s own')

  const other = await listening()
  await open({ http: other.http })
  expect(await textAt(`${other.url}/widget.js`)).toBe('the shop’s own')
})

it('[WI21] serves none where it shall not, and says what is missing where it shall', async () => {
  const { url } = await open({ widget: false })
  expect((await fetch(`${url}/widget.js`)).status).toBe(404)
  await expect(startServer({ widget: temporaryFolder() })).rejects.toThrow(/there is no widget\.js in/)
})
