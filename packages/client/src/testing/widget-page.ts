import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { buildWidget } from '../../build-widget.ts'

let built: Promise<string> | undefined

/** The folder of the widget's files, built once for all tests of a process. */
export function builtWidget(): Promise<string> {
  built ??= build()
  return built
}

async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dowellchat-widget-'))
  process.once('exit', () => void rm(folder, { recursive: true, force: true }))
  await buildWidget(folder)
  return folder
}

/** Somebody else's page with the widget, which lets in nothing but what it must. */
export interface ForeignPage {
  readonly url: string
}

interface ForeignPageOptions {
  /** The chat server's address. */
  readonly server: string
  /** The attributes of the script, beside its address. */
  readonly data: string
  /** What else the page answers, by path. */
  readonly answers?: Readonly<Record<string, () => Promise<string> | string>>
}

/** The page's own style must not reach into the widget, nor the widget's out of it. */
const style = `* { color: red; font-size: 31px; position: static } dowellchat-widget { display: none; position: relative }
h1 { color: black } button { background: yellow }`

/** Serves such a page on an origin of its own, until the test ends. */
export async function openForeignPage({
  server,
  data,
  answers = {},
}: ForeignPageOptions): Promise<ForeignPage> {
  const socket = server.replace('http', 'ws')
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `script-src ${server}`,
    `connect-src 'self' ${server} ${socket}`,
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8" /><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1" /><link rel="stylesheet" href="/shop.css" /></head>
<body><main><h1>A shop</h1><button type="button" data-dowellchat-open>Ask us</button></main>
<script src="${server}/widget.js" ${data} async></script></body></html>`
  const http = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://shop')
    const other = answers[pathname]
    if (other) return response.end(await other())
    if (pathname === '/shop.css') return response.setHeader('content-type', 'text/css').end(style)
    if (pathname !== '/') return response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(page)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void http.close())
  const { port } = http.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/` }
}
