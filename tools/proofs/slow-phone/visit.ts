import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { openWriter } from '../sdk-cost/room.ts'
import type { Page, Tab } from './phone.ts'
import { type Seen, type Texts, watch } from './watch.ts'

/** Of one visit. Times count from the moment when the page is asked for, unless something else is said. */
export interface VisitFigures {
  readonly firstPaintMs: number
  readonly firstContentMs: number
  /** One can write, and reads the room's last messages. */
  readonly usableMs: number
  /** What had been loaded by then, the page itself included. */
  readonly requests: number
  /** Of scripts, as they were sent and as they are run. */
  readonly scriptBytes: number
  readonly decodedBytes: number
  /** How long scripts had run by then. */
  readonly scriptMs: number
  /** How long all tasks of more than 50 ms had taken by then. */
  readonly longTasksMs: number
  /** From the press of Send until the own message is shown as sent. */
  readonly sentMs: number
  /** From when another person sends a message until it is shown. */
  readonly heardMs: number
}

/** Somebody else in the room, on a fast line. */
export type Writer = Awaited<ReturnType<typeof openWriter>>

const patience = { timeout: 60_000 }
/** A reader needs longer than that before the first word. */
const settlingMs = 2_000

/** Goes to a page, writes a message there and waits for another person's. */
export async function visit({ page, scriptMs }: Tab, url: string, writer: Writer): Promise<VisitFigures> {
  const texts = textsOfVisit()
  await write(writer, texts.last)
  await page.addInitScript(enter)
  await page.addInitScript(watch, texts)
  await page.goto(url, { waitUntil: 'commit' })
  const usableMs = await when(page, 'usable')
  const loaded = { scriptMs: Math.round(await scriptMs()), ...(await page.evaluate(loadedBy, usableMs)) }
  await pause(settlingMs)

  await page.getByLabel('Message', { exact: true }).fill(texts.own)
  await page.getByRole('button', { name: 'Send' }).tap()
  const sentMs = (await when(page, 'sent')) - (await when(page, 'pressed'))
  const from = Date.now()
  await write(writer, texts.others)
  const heardMs = (await when(page, 'heardAt')) - from
  return { ...loaded, usableMs, sentMs, heardMs }
}

function textsOfVisit(): Texts {
  const id = randomUUID()
  return { last: `The last one ${id}`, own: `My own ${id}`, others: `Another's ${id}` }
}

async function write(writer: Writer, message_data: string): Promise<void> {
  await writer.request('message_event', { room_id: 'lobby', message_data, cid: randomUUID() })
}

/** Runs in the page: whoever comes to the demo is somebody already. */
function enter(): void {
  const person = { isGuest: false, name: 'Ann Keller', role: 'customer' }
  sessionStorage.setItem('dowellchat.person', JSON.stringify(person))
}

/** Waits until something is seen; answers when that was, in whole milliseconds. */
async function when(page: Page, what: keyof Seen): Promise<number> {
  const seen = await page.waitForFunction(
    (name) => (globalThis as unknown as { seen: Seen }).seen[name],
    what,
    patience,
  )
  return Math.round((await seen.jsonValue()) ?? Number.NaN)
}

/** Runs in the page: what was painted and loaded by a moment. */
function loadedBy(moment: number) {
  const paintOf = (name: string): number =>
    Math.round(performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN)
  const loaded = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const files = loaded.filter(({ responseEnd }) => responseEnd <= moment)
  const scripts = files.filter(({ name }) => name.endsWith('.js'))
  const { seen } = globalThis as unknown as { seen: Seen }
  return {
    firstPaintMs: paintOf('first-paint'),
    firstContentMs: paintOf('first-contentful-paint'),
    requests: files.length + 1,
    scriptBytes: scripts.reduce((sum, { transferSize }) => sum + transferSize, 0),
    decodedBytes: scripts.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
    longTasksMs: Math.round(seen.longTasksMs),
  }
}
