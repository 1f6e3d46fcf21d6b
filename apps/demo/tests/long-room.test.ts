import { describeInChromium } from '@dowellchat/browser'
import { embeddedStore } from '@dowellchat/server'
import { expect, it } from 'vitest'
import { fillRoom } from '../../../tools/proofs/long-room/fill.ts'
import { visit } from '../../../tools/proofs/long-room/measure.ts'
import { enter, openDemo, sees } from './support/demo.ts'

const messages = 100_000

describeInChromium('a room of 100,000 messages', (chromium) => {
  it('[DF1] opens at any of them, and keeps its place with a bounded page while it is scrolled from there', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    await fillRoom(store, 'long', messages)
    const { url } = await openDemo({ store })
    const ann = await enter(chromium, url, 'Ann')
    for (const [nth, by] of [
      [50_000, -200],
      [3, 200],
      [messages - 10, -200],
      [77_777, 200],
    ] as const) {
      const seen = await visit(ann.page, 'long', nth, { by, steps: 20 })
      expect(seen.steps).toBe(20)
      expect(seen.worst, `${nth}, by ${by}`).toBeLessThanOrEqual(1)
      expect(seen.messages).toBeLessThan(60)
      expect(seen.elements).toBeLessThan(2_500)
      // It has loaded further pages.
      expect(seen.to - seen.from).toBeGreaterThan(60)
    }
    const log = ann.page.getByRole('log')
    await log.focus()
    await ann.page.keyboard.press('Home')
    await sees(ann, /^line 1\b/)
    await log.focus()
    await ann.page.keyboard.press('End')
    await sees(ann, `line ${messages}`)
    expect(ann.complaints).toEqual([])
  })
})
