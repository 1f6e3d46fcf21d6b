import { isDeepStrictEqual } from 'node:util'
import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { expect, it, onTestFinished } from 'vitest'
import { allLines, enter, lines, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { choose, isSent, messageOf } from './support/messages.ts'
import { settled, snapshot } from './support/pictures.ts'

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

/** What a page sends and gets by its WebSocket from now on. */
async function followFrames({ context, page }: Person) {
  const frames = { sent: [] as string[], got: [] as string[] }
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.webSocketFrameSent', ({ response }) => void frames.sent.push(response.payloadData))
  session.on('Network.webSocketFrameReceived', ({ response }) => void frames.got.push(response.payloadData))
  return frames
}

const phone = { width: 390, height: 844 }

describeInChromium('a conversation whose place a thread has taken', (chromium) => {
  it('[DW5] [DW10] asks for nothing and reads nothing, and is at its end when it is back', async () => {
    const { url } = await openDemo()
    const write = openWriter(url)
    await Promise.all(Array.from({ length: 90 }, (_, n) => write(`line ${n}`)))
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    const { sent, got } = await followFrames(ann)
    await say(ben, 'Before')
    await reads(ann, 'Before')
    // Up to a second later it is marked as read.
    const before = /"nth":(\d+),"type":"message"[^}]*"message_data":"Before"/
    const nth = (): string | undefined => got.flatMap((frame) => before.exec(frame)?.[1] ?? [])[0]
    const isMarked = (): boolean =>
      sent.some((frame) => frame.includes('mark_read') && frame.includes(`"nth":${nth()}`))
    await expect.poll(isMarked, patience).toBe(true)
    await ann.page.setViewportSize(phone)
    await choose(ann, 'Before', 'Reply in a thread')
    await ann.page.getByRole('textbox', { name: 'Message in the thread' }).waitFor()
    await expect.poll(() => ann.page.getByRole('log', { name: 'lobby' }).isVisible(), patience).toBe(false)

    sent.length = 0
    for (let n = 1; n <= 25; n += 1) await say(ben, `news ${n}`)
    await expect.poll(() => got.some((frame) => frame.includes('news 25')), patience).toBe(true)
    await isSent(ben, 'news 25')
    await ann.page.evaluate(settled)
    expect(sent.filter((frame) => /(get_messages|mark_read).*lobby/.test(frame))).toEqual([])

    await press(ann, 'Close thread')
    await messageOf(ann, 'news 25').waitFor({ timeout: patience.timeout })
    await expect.poll(() => sent.some((frame) => frame.includes('mark_read')), patience).toBe(true)
    expect((await restsAt(ann)).text).toMatch(/^news/)
    expect(await ann.page.getByRole('button', { name: 'Jump to latest' }).count()).toBe(0)
  })
})

describeInChromium('messages that cannot be loaded', (chromium) => {
  it('[DW10] are said to be missing at either end, and are there once there is a connection', async () => {
    const { url } = await openDemo()
    const write = openWriter(url)
    await Promise.all(Array.from({ length: 400 }, (_, n) => write(`line ${n + 1}`)))
    const ann = await enter(chromium, url, 'Ann')
    await messageOf(ann, 'line 400').waitFor()
    const log = ann.page.getByRole('log')
    const toFirst = async (): Promise<void> => {
      await log.focus()
      await ann.page.keyboard.press('Home')
    }
    await ann.context.setOffline(true)
    await sees(ann, /There is no connection/)
    await toFirst()
    const problem = ann.page.locator('.conversation > .problem').filter({ hasText: /\w/ })
    await problem.waitFor({ timeout: patience.timeout })
    await ann.context.setOffline(false)
    await problem.waitFor({ state: 'detached', timeout: patience.timeout })
    await toFirst()
    await ann.page.getByText('line 1', { exact: true }).waitFor({ timeout: patience.timeout })
    await ann.context.setOffline(true)
    await sees(ann, /There is no connection/)
    const again = ann.page.getByRole('button', { name: 'Load newer messages' })
    const scrollsOn = async (): Promise<boolean> => {
      await log.evaluate((element) => element.scrollBy(0, 400))
      return again.isVisible()
    }
    await expect.poll(scrollsOn, patience).toBe(true)
    await snapshot(ann, 'log-newer-failed')
    await ann.context.setOffline(false)
    await again.waitFor({ state: 'detached' })
    await press(ann, 'Jump to latest')
    await messageOf(ann, 'line 400').waitFor({ timeout: patience.timeout })
    // Nothing of it is new.
    expect(await ann.page.locator('[data-announcer]').textContent()).not.toMatch(/new messages/)
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
    await isSent(ann, 'かな')
    await messageOf(ann, 'かな').hover()
    await press(ann, 'React to your message')
    const search = ann.page.getByRole('textbox', { name: 'Find an emoji', exact: true })
    await search.fill('cake')
    await search.dispatchEvent('keydown', { key: 'Enter', bubbles: true, isComposing: true })
    await ann.page.evaluate(settled)
    expect(await search.isVisible()).toBe(true)
  })
})
