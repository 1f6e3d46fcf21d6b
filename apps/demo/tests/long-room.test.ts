import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { expect, it, onTestFinished } from 'vitest'
import { enter, fill, openDemo, type Person, press } from './support/demo.ts'
import { messageOf } from './support/messages.ts'

const messages = 600

/** Somebody writes many messages into a room. */
async function fillRoom(url: string, room: string): Promise<void> {
  const auth = {
    workspace_id: 'demo',
    api_key: 'demo-key',
    user_id: 'filler',
    name: 'Filler',
    role: 'agent' as const,
  }
  const client = createChatClient({ url, auth })
  onTestFinished(() => client.close())
  client.connect()
  await client.ready()
  for (let from = 1; from <= messages; from += 50) {
    const texts = Array.from({ length: 50 }, (_, n) => `number ${from + n}${'\nmore'.repeat((from + n) % 3)}`)
    const outgoing = texts.map((message_data) => ({ message_data, cid: crypto.randomUUID() }))
    await client.request.send_messages({ stream: `room:${room}`, messages: outgoing })
  }
}

/** How far the first message in view is from the top of the list, and which one it is. Runs in the page. */
function firstInView(): { text: string; top: number } | null {
  const log = document.querySelector('[role=log]')
  if (!log) return null
  const { top } = log.getBoundingClientRect()
  for (const item of log.querySelectorAll('[data-message-text]')) {
    const box = item.getBoundingClientRect()
    if (box.top > top + 100) return { text: item.textContent ?? '', top: Math.round(box.top - top) }
  }
  return null
}

const rowsOn = ({ page }: Person) => page.getByRole('article').count()

describeInChromium('a long room', (chromium) => {
  it('[DW10] keeps the reader’s place while older and newer messages load, and few of them on the page', async () => {
    const { url } = await openDemo()
    await fillRoom(url, 'long')
    const ann = await enter(chromium, url, 'Ann Keller')
    await fill(ann, 'Room name', 'long')
    await press(ann, 'Join')
    await messageOf(ann, `number ${messages}`).waitFor({ timeout: patience.timeout })
    const log = ann.page.getByRole('log')

    for (let pages = 0; pages < 4; pages += 1) {
      const height = await log.evaluate((one) => one.scrollHeight)
      await log.evaluate((one) => one.scrollTo(0, 400))
      const before = await ann.page.evaluate(firstInView)
      await log.evaluate((one) => one.scrollTo(0, 200))
      await expect.poll(() => log.evaluate((one) => one.scrollHeight), patience).toBeGreaterThan(height)
      await log.evaluate((one) => one.scrollBy(0, 200))
      await expect.poll(async () => placeOf(ann, before?.text ?? ''), patience).toBe(before?.top)
    }
    expect(await rowsOn(ann)).toBeLessThan(150)
    await press(ann, 'Jump to latest')
    await messageOf(ann, `number ${messages}`).waitFor({ timeout: patience.timeout })
    expect(ann.complaints).toEqual([])
  })
})

/** How far a message is from the top of the list. */
function placeOf({ page }: Person, text: string): Promise<number | null> {
  return page.evaluate((wanted) => {
    const log = document.querySelector('[role=log]')
    const items = [...(log?.querySelectorAll('[data-message-text]') ?? [])]
    const item = items.find(({ textContent }) => textContent === wanted)
    if (!log || !item) return null
    return Math.round(item.getBoundingClientRect().top - log.getBoundingClientRect().top)
  }, text)
}
