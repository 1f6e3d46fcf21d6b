import { expect } from 'vitest'
import type { OpenPage } from './chromium.ts'
import type {} from './watch-media.ts'

/** How long a browser may take to show something. */
export const patience = { timeout: 30_000, interval: 50 }

const flow = ({ page }: OpenPage) => page.evaluate(() => window.watched.flow())

/** Waits until a page has received more of the media named in `what`. */
export async function untilReceiving(
  opened: OpenPage,
  ...what: ('frames' | 'energy' | 'samples')[]
): Promise<void> {
  const before = await flow(opened)
  await expect
    .poll(async () => {
      const now = await flow(opened)
      return what.filter((one) => now[one] <= before[one])
    }, patience)
    .toEqual([])
}

/** Waits until no more of the media named in `what` arrives: until two looks in a row find the same. */
export async function untilStill(opened: OpenPage, ...what: ('frames' | 'energy')[]): Promise<void> {
  let last: Awaited<ReturnType<typeof flow>> | undefined
  await expect
    .poll(
      async () => {
        const [now, before] = [await flow(opened), last]
        last = now
        return before !== undefined && what.every((one) => now[one] === before[one])
      },
      { ...patience, interval: 1_000 },
    )
    .toBe(true)
}

/** Waits until no connection, microphone or camera is open in a page. */
export async function untilReleased({ page }: OpenPage): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => window.watched.held()), patience)
    .toEqual({ connections: 0, tracks: 0 })
}
