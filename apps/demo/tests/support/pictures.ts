import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Person } from './demo.ts'

/** The folder for screenshots, to be looked at by people. */
const folder = fileURLToPath(new URL('../../../../.cache/screenshots/', import.meta.url))

const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const
const schemes = ['light', 'dark'] as const

/** Takes screenshots, wide and narrow, light and dark, and checks that nothing overflows or breaks words, even at 320 pixels. */
export async function picture(person: Person, name: string): Promise<void> {
  const { page } = person
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.evaluate(settled)
      await snapshot(person, `${name}-${size}-${colorScheme}`)
    }
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 640 })
    await page.evaluate(settled)
    const tooWide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
    expect(tooWide, `${name} at ${width} pixels`).toBe(0)
    expect(await page.evaluate(brokenWords), `${name} at ${width} pixels`).toEqual([])
  }
  await page.setViewportSize(sizes.wide)
  // A press that begins on a row and ends on the one that the list has put in its place is none.
  await page.evaluate(settled)
}

/** Runs in the page: the words of headings and of what can be pressed that go on in the next line. Long ones have to. */
function brokenWords(): string[] {
  const all = [...document.querySelectorAll('h1, h2, h3, a, button, label')]
  return all.flatMap((element) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
    const broken = []
    for (let text = texts.nextNode(); text; text = texts.nextNode())
      for (const { 0: word, index } of (text.nodeValue ?? '').matchAll(/(?<!\S)\S{1,12}(?!\S)/g)) {
        const range = new Range()
        range.setStart(text, index)
        range.setEnd(text, index + word.length)
        if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word)
      }
    return broken
  })
}

/** Takes one screenshot of the page as it is. */
export async function snapshot({ page }: Person, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: `${folder}${name}.png` })
}

/** Runs in the page: resolves once it is painted and all transitions have ended. */
export async function settled(): Promise<void> {
  const painted = () => new Promise((resolve) => requestAnimationFrame(resolve))
  await painted()
  await painted()
  const transitions = document.getAnimations().filter((one) => one instanceof CSSTransition)
  await Promise.allSettled(transitions.map(({ finished }) => finished))
  await painted()
}
