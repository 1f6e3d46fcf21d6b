import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { buildPages } from '../../apps/demo/tests/support/build.ts'
import { embeddedStore } from '../../packages/server/src/index.ts'
import { startServer } from '../../packages/server/src/testing/index.ts'
import { launchChromium } from '../browser/launch.ts'
import { fillRoom } from './long-room/fill.ts'
import {
  jumpTo,
  type LongTasks,
  type Page,
  takeLongTasks,
  type Visit,
  visit,
  watchLongTasks,
} from './long-room/measure.ts'
import { walk } from './long-room/walk.ts'

export const measured = [
  'apps/demo/src',
  'packages/client/src',
  'packages/server/src/delivery',
  'tools/proofs/long-room*',
  'pnpm-lock.yaml',
  ':!**/*.test.ts*',
]

const room = 'long'
const messages = 100_000
const sizes = {
  full: { places: 24, steps: 60, end: 400, idleMs: 20_000 },
  quick: { places: 4, steps: 20, end: 40, idleMs: 3_000 },
}

/** The list may have so many elements at once, and a message may be so far from its place, in pixels. */
const mostElements = 2_500
const mostOff = 1

interface Figures {
  readonly messages: number
  readonly visits: readonly Visit[]
  /** Scrolling from the latest message up, in one go. */
  readonly fromEnd: Omit<Visit, 'jumpMs' | 'jumpTasks' | 'nth'>
  readonly heapMb: { readonly before: number; readonly after: number }
  readonly longTasks: { readonly idle: LongTasks; readonly jumping: LongTasks; readonly scrolling: LongTasks }
  readonly problems: readonly string[]
}

/**
 * A room of 100,000 messages in the demo, in Chromium: jumps to places all over it and scrolls from each up and down, then a long
 * way up from the end. What the page has of it, whether messages stay where they are, and its long tasks beside an idle page's.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const pages = await buildPages()
  const store = await embeddedStore({ path: ':memory:' })
  await fillRoom(store, room, messages)
  const server = await startServer({ store, pages, demo: true })
  const browser = await launchChromium(['--enable-precise-memory-info', '--js-flags=--expose-gc'])
  try {
    const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } })
    // What runs this file has its functions call it, also those that run in the page.
    await page.addInitScript({ content: 'globalThis.__name = (one) => one' })
    await page.goto(`${server.url}?name=Ann&role=agent`)
    await page.getByRole('button', { name: 'Enter', exact: true }).click()
    const figures = await measure(page, quick ? sizes.quick : sizes.full)
    console.table(figures.visits)
    console.dir({ ...figures, visits: undefined }, { depth: 3 })
    for (const problem of figures.problems) process.stdout.write(`WRONG: ${problem}\n`)
    if (figures.problems.length > 0) process.exitCode = 1
    return { quick, ...figures }
  } finally {
    await browser.close()
    await server.close()
    rmSync(pages, { recursive: true, force: true })
  }
}

async function measure(page: Page, size: (typeof sizes)['full']): Promise<Figures> {
  await jumpTo(page, room, messages)
  await watchLongTasks(page)
  await pause(2_000)
  const before = await heapOf(page)
  await takeLongTasks(page)
  await pause(size.idleMs)
  const idle = await takeLongTasks(page)
  const visits: Visit[] = []
  for (let n = 0; n < size.places; n++) {
    const nth = placeAt(n, size.places)
    const by = n % 2 === 0 ? -200 : 200
    visits.push(await visit(page, room, nth, { by, steps: size.steps }))
  }
  await jumpTo(page, room, messages)
  const lastJump = await takeLongTasks(page)
  const walked = await page.evaluate(walk, { by: -200, steps: size.end })
  const fromEnd = { by: -200, ...walked, scrollTasks: await takeLongTasks(page) }
  const jumping = together([...visits.map(({ jumpTasks }) => jumpTasks), lastJump])
  const scrolling = together([...visits, fromEnd].map(({ scrollTasks }) => scrollTasks))
  const heapMb = { before, after: await heapOf(page) }
  const longTasks = { idle, jumping, scrolling }
  const figures = { messages, visits, fromEnd, heapMb, longTasks }
  return { ...figures, problems: problemsOf(figures) }
}

/** Places all over the room, in an order in which none is near the one before. */
function placeAt(n: number, places: number): number {
  const step = Math.floor(messages / (places + 1))
  const at = (n * 7) % places
  return 200 + at * step
}

function together(tasks: readonly LongTasks[]): LongTasks {
  const sum = (of: keyof LongTasks) => tasks.reduce((all, one) => all + one[of], 0)
  return { count: sum('count'), ms: sum('ms') }
}

async function heapOf(page: Page): Promise<number> {
  const bytes = await page.evaluate(() => {
    const { gc, performance: measuring } = globalThis as unknown as {
      gc?: () => void
      performance: { memory: { usedJSHeapSize: number } }
    }
    gc?.()
    return measuring.memory.usedJSHeapSize
  })
  return Math.round(bytes / 1e5) / 10
}

function problemsOf({ visits, fromEnd, longTasks }: Omit<Figures, 'problems'>): string[] {
  const walks = [...visits, fromEnd]
  const elements = Math.max(...walks.map((one) => one.elements))
  const worst = Math.max(...walks.map((one) => one.worst))
  const stuck = walks.filter(({ steps }) => steps === 0).length
  const { idle, jumping, scrolling } = longTasks
  return [
    ...(elements > mostElements ? [`The list had ${elements} elements`] : []),
    ...(worst > mostOff ? [`A message was ${worst} pixels from its place`] : []),
    ...(stuck > 0 ? [`${stuck} times nothing could be scrolled`] : []),
    ...Object.entries({ jumping, scrolling }).flatMap(([what, { count }]) =>
      count > idle.count ? [`${count} long tasks while ${what}, ${idle.count} of an idle page`] : [],
    ),
  ]
}
