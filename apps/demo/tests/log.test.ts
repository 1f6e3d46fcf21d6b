import { isDeepStrictEqual } from 'node:util'
import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { expect, it, onTestFinished } from 'vitest'
import { allLines, enter, lines, openDemo, type Person, reads, say } from './support/demo.ts'
import { settled } from './support/pictures.ts'

/** Writes to the lobby without a page. */
function openWriter(url: string) {
  const client = createChatClient({
    url,
    auth: { workspace_id: 'demo', api_key: 'demo-key', user_id: 'writer' },
  })
  onTestFinished(() => client.close())
  client.connect()
  return client.rooms.messages('lobby').send
}

interface Place {
  readonly text: string
  readonly top: number
  /** Of all that is loaded. */
  readonly height: number
}

/** A message that is visible, and how far below the top of the log it is; null while the list has not put its rows there. */
function firstVisible({ page }: Person): Promise<Place | null> {
  return page.getByRole('log').evaluate((log) => {
    const start = log.getBoundingClientRect().top
    const texts = [...log.querySelectorAll<HTMLElement>('[data-message-text]')]
    const tops = texts.map((one) => one.getBoundingClientRect().top - start)
    const at = tops.findIndex((top) => top > 100)
    const [text, top] = [texts[at], tops[at] ?? Number.POSITIVE_INFINITY]
    if (!text || top > log.clientHeight || !text.checkVisibility({ visibilityProperty: true })) return null
    return { text: text.textContent ?? '', top, height: log.scrollHeight }
  })
}

/** The same once the list has measured its rows, and moves nothing any more. */
async function restsAt(person: Person): Promise<Place> {
  let last: Place | null = null
  const rests = async (): Promise<boolean> => {
    await person.page.evaluate(settled)
    const [now, before] = [await firstVisible(person), last]
    last = now
    return now !== null && isDeepStrictEqual(now, before)
  }
  await expect.poll(rests, { ...patience, interval: 100 }).toBe(true)
  return last as unknown as Place
}

function topOf({ page }: Person, text: string): Promise<number> {
  return page.getByRole('log').evaluate((log, wanted) => {
    const texts = [...log.querySelectorAll<HTMLElement>('[data-message-text]')]
    const found = texts.find(({ textContent }) => textContent === wanted)
    return (found?.getBoundingClientRect().top ?? Number.NaN) - log.getBoundingClientRect().top
  }, text)
}

describeInChromium('a long conversation', (chromium) => {
  it('[DW10] has few of its messages on the page, and keeps its place while older and newer ones come', async () => {
    const { url } = await openDemo()
    const write = openWriter(url)
    const all = Array.from({ length: 160 }, (_, n) => `line ${n + 1}${'\nmore'.repeat(n % 4)}`)
    for (const text of all) await write(text)
    const ann = await enter(chromium, url, 'Ann')
    await reads(ann, ...all.slice(-2))
    expect((await lines(ann)).length).toBeLessThan(45)

    const log = ann.page.getByRole('log')
    const scrollBy = (px: number) => log.evaluate((element, by) => element.scrollBy(0, by), px)
    const height = () => log.evaluate((element) => element.scrollHeight)
    await log.evaluate((element) => element.scrollTo(0, 400))
    const at = await restsAt(ann)
    await scrollBy(-200)
    await expect.poll(height, patience).toBeGreaterThan(at.height + 500)
    await expect.poll(() => log.getAttribute('aria-busy'), patience).toBe('false')
    await expect
      .poll(async () => Math.abs((await topOf(ann, at.text)) - at.top - 200), patience)
      .toBeLessThan(4)

    const before = await restsAt(ann)
    await write('from somebody else')
    await ann.page.getByRole('button', { name: '1 new message' }).waitFor()
    expect(Math.abs((await topOf(ann, before.text)) - before.top)).toBeLessThan(4)
    await ann.page.getByRole('button', { name: '1 new message' }).click()
    await reads(ann, 'from somebody else')
    await expect.poll(() => allLines(ann), patience).toEqual([...all, 'from somebody else'])
  })
})

describeInChromium('the message box', (chromium) => {
  it('sends nothing by the Enter that ends a composition, in the order of any browser', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann')
    const box = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    await box.fill('かな')
    for (const init of [{ isComposing: true }, { keyCode: 229 }])
      await box.dispatchEvent('keydown', { key: 'Enter', bubbles: true, ...init })
    expect(await box.inputValue()).toBe('かな')
    await say(ann, 'かな')
    await reads(ann, 'かな')
    expect(await lines(ann)).toEqual(['かな'])
  })
})
