import { setTimeout as pause } from 'node:timers/promises'
import type { launchChromium } from '../../browser/launch.ts'
import { type Walk, type Walked, walk } from './walk.ts'

type Browser = Awaited<ReturnType<typeof launchChromium>>
export type Page = Awaited<ReturnType<Browser['newPage']>>

/** What kept a page from answering for more than 50 ms at once. */
export interface LongTasks {
  readonly count: number
  readonly ms: number
}

interface Watched {
  longTasks: number[]
}

/** Has the page count its long tasks from now on. */
export async function watchLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const watched: Watched = Object.assign(globalThis, { longTasks: [] })
    new PerformanceObserver((list) => {
      watched.longTasks.push(...list.getEntries().map(({ duration }) => duration))
    }).observe({ type: 'longtask' })
  })
}

/** Those since the last time; none where nobody watches. */
export async function takeLongTasks(page: Page): Promise<LongTasks> {
  // The browser tells of them a moment later.
  await pause(200)
  const durations = await page.evaluate(
    () => (globalThis as unknown as Partial<Watched>).longTasks?.splice(0) ?? [],
  )
  return { count: durations.length, ms: Math.round(durations.reduce((sum, one) => sum + one, 0)) }
}

export interface Visit extends Walked {
  readonly nth: number
  readonly by: number
  /** From the wish until the message is on the screen. */
  readonly jumpMs: number
  readonly jumpTasks: LongTasks
  readonly scrollTasks: LongTasks
}

/** Jumps to a message by its address, and scrolls from there. */
export async function visit(page: Page, room: string, nth: number, steps: Walk): Promise<Visit> {
  const from = performance.now()
  await jumpTo(page, room, nth)
  const jumpMs = Math.round(performance.now() - from)
  const jumpTasks = await takeLongTasks(page)
  const walked = await page.evaluate(walk, steps)
  return { nth, by: steps.by, jumpMs, jumpTasks, scrollTasks: await takeLongTasks(page), ...walked }
}

/** Shows a message by its address; resolves once the keyboard is at it. */
export async function jumpTo(page: Page, room: string, nth: number): Promise<void> {
  await page.evaluate(
    (hash) => {
      location.hash = hash
    },
    `/chat/${encodeURIComponent(room)}/${nth}`,
  )
  await page.waitForFunction(
    (line) => {
      const { activeElement } = document
      const text = activeElement?.querySelector('[data-message-text]')?.textContent ?? ''
      return activeElement?.matches('article') && new RegExp(`^${line}\\b`).test(text)
    },
    `line ${nth}`,
    { timeout: 60_000 },
  )
}
