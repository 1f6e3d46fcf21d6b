import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, onTestFinished } from 'vitest'
import type { Chromium, OpenPage } from './chromium.ts'
import { patience } from './media.ts'
import { serveFiles } from './serve-files.ts'

/** What `v2-page.html` puts on its window. */
interface V2Page {
  readonly id: string | null
  /** The texts of `my_response`: welcome, notices, history, messages. */
  readonly lines: readonly string[]
  readonly ticket: { readonly _id: string; readonly line_manager: string | null } | null
  readonly ticketLines: readonly string[]
  readonly call: { readonly from: string; readonly name: string } | null
  readonly ended: boolean
  readonly connected: boolean
  /** The data that its peer was sent. */
  readonly heard: readonly string[]
  join(room: string): void
  say(room: string, text: string): void
  openTicket(product: string): void
  sayInTicket(text: string): void
  callUser(id: string): Promise<void>
  answerCall(): Promise<void>
  leaveCall(): void
}

declare global {
  interface Window {
    v2: V2Page
  }
}

const require = createRequire(import.meta.url)

async function files(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  return new Map<string, string | Uint8Array>([
    ['/', await readFile(new URL('v2-page.html', import.meta.url))],
    ['/socket.io.js', await readFile(require.resolve('socket.io-client/dist/socket.io.js'))],
    ['/simplepeer.min.js', await readFile(require.resolve('simple-peer/simplepeer.min.js'))],
  ])
}

/** Opens a page like V2's, with plain socket.io-client and simple-peer, and connects it to a server. */
export async function openV2Page({ open }: Chromium, server: string): Promise<OpenPage> {
  const pages = await serveFiles(await files())
  onTestFinished(pages.close)
  const opened = await open(`${pages.url}?server=${encodeURIComponent(server)}`)
  await untilV2Page(opened, { id: expect.any(String) })
  return opened
}

/** Waits until the state of a V2 page matches. */
export async function untilV2Page({ page }: OpenPage, expected: object): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => JSON.parse(JSON.stringify(window.v2))), patience)
    .toMatchObject(expected)
}
