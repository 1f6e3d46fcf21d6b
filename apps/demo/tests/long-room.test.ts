import { describeInChromium, patience } from '@dowellchat/browser'
import { embeddedStore } from '@dowellchat/server'
import { expect, it } from 'vitest'
import { fillRoom } from '../../../tools/proofs/long-room/fill.ts'
import { walk } from '../../../tools/proofs/long-room/walk.ts'
import { enter, openDemo, type Person } from './support/demo.ts'

const messages = 100_000

async function openAt({ page }: Person, nth: number): Promise<void> {
  await page.evaluate((hash) => void (location.hash = hash), `/chat/long/${nth}`)
  const found = page.getByRole('article').filter({ hasText: new RegExp(`line ${nth}\\b`) })
  await expect.poll(() => found.evaluate((one) => one === document.activeElement), patience).toBe(true)
}

describeInChromium('a room of 100,000 messages', (chromium) => {
  it('[DF1] opens at any of them, and is scrolled from there with a bounded page that keeps its place', async () => {
    const store = await embeddedStore({ path: ':memory:' })
    await fillRoom(store, 'long', messages)
    const { url } = await openDemo({ store })
    const ann = await enter(chromium, url, 'Ann')
    for (const nth of [50_000, 3, 99_990, 77_777]) {
      await openAt(ann, nth)
      for (const by of [-300, 300]) {
        const seen = await ann.page.evaluate(walk, { by: nth < 1_000 ? 300 : by, steps: 25 })
        console.log(nth, seen)
        expect(seen.worst, `${nth}, by ${by}`).toBeLessThan(1)
        expect(seen.messages).toBeLessThan(90)
        expect(seen.elements).toBeLessThan(2_500)
      }
    }
    const log = ann.page.getByRole('log')
    await log.focus()
    await ann.page.keyboard.press('Home')
    await ann.page.getByText('line 1', { exact: true }).waitFor()
    await log.focus()
    await ann.page.keyboard.press('End')
    await ann.page.getByText(`line ${messages}`).waitFor()
    expect(ann.complaints).toEqual([])
  })
})
