import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { bundleLongList } from '../../../packages/client/src/testing/bundle-long-list.ts'
import type { LongListPage } from '../../../packages/client/src/testing/long-list-page.tsx'
import { embeddedStore } from '../../../packages/server/src/index.ts'
import { startServer } from '../../../packages/server/src/testing/index.ts'
import { launchChromium } from '../../browser/launch.ts'
import { serveFiles } from '../../browser/serve-files.ts'
import { fill, openWriter } from './room.ts'

type Taken = ReturnType<LongListPage['take']>

/** What a page with a long list does while nothing happens and while messages come. */
export interface LongListFigures {
  readonly loaded: number
  readonly messages: number
  readonly idle: Taken
  readonly busy: Taken
}

const room = 'long'
const everyMs = 50

/** A page in Chromium that has 5,000 rows, idle and then at 20 messages a second, for as long each. */
export async function measureLongList(seconds: number): Promise<LongListFigures> {
  const store = await embeddedStore({ path: ':memory:' })
  await fill(store, room, 6_000)
  const server = await startServer({ store })
  const files = await serveFiles(await bundleLongList())
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(files.url)
    const take = () => page.evaluate(() => window.longList.take())
    const loaded = await page.evaluate(([url, name]) => window.longList.open(url, name), [
      server.url,
      room,
    ] as const)
    await pause(2_000)
    await take()
    await pause(seconds * 1_000)
    const idle = await take()
    const messages = await write(server.url, seconds)
    const last = `message ${messages - 1}`
    await page.waitForFunction((text) => window.longList.last() === text, last, { timeout: 10_000 })
    return { loaded, messages, idle, busy: await take() }
  } finally {
    await browser.close()
    files.close()
    await server.close()
  }
}

async function write(url: string, seconds: number): Promise<number> {
  const writer = await openWriter(url)
  const from = performance.now()
  const messages = seconds * (1_000 / everyMs)
  for (let n = 0; n < messages; n++) {
    await pause(Math.max(from + n * everyMs - performance.now(), 0))
    await writer.request('message_event', { room_id: room, message_data: `message ${n}`, cid: randomUUID() })
  }
  return messages
}
