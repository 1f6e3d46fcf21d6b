import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  ask,
  composer,
  newestTicket,
  openWidgetDesk,
  reads,
  type Visitor,
  visitorOf,
} from '../testing/widget-desk.ts'

const state = ({ widget }: Visitor) => widget.getByRole('status').filter({ hasText: /./ }).first()

declare global {
  interface Window {
    notes?: number
    audio?: AudioContext
    forgotten?: number
  }
}

/** Counts in `window.notes` what sounds on a page, once `window.audio` runs. */
function countNotes({ page }: Visitor): Promise<void> {
  return page.evaluate(() => {
    window.notes = 0
    window.AudioContext = class extends AudioContext {
      constructor() {
        super()
        window.audio = this
      }
    }
    const { createOscillator } = AudioContext.prototype
    AudioContext.prototype.createOscillator = function counted(): OscillatorNode {
      window.notes = (window.notes ?? 0) + 1
      return createOscillator.call(this)
    }
  })
}

async function write(visitor: Visitor, text: string): Promise<void> {
  await composer(visitor).fill(text)
  await composer(visitor).press('Enter')
  await reads(visitor, text)
}

describeInChromium('the widget on a page of somebody else', (chromium) => {
  it('[WI1, WI2] asks, is answered and goes on after a reload, under a strict policy', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    await ask(shopper, 'Where is my order?')
    const id = await newestTicket(meg)
    const stream = meg.tickets.messages(id)
    const letGo = stream.retain()
    await expect
      .poll(() => stream.getSnapshot().messages.map(({ message }) => message.message_data), patience)
      .toEqual(['Where is my order?'])
    await stream.send('It is on its way, see https://example.com/42.')
    await shopper.widget
      .getByRole('log')
      .getByText(/^Meg Lee · /)
      .waitFor()
    await shopper.widget.getByRole('link', { name: 'https://example.com/42' }).waitFor()
    await expect.poll(() => state(shopper).textContent(), patience).toBe('You are talking with Meg Lee')
    await write(shopper, 'Thanks')
    await expect
      .poll(() => stream.getSnapshot().messages.at(-1)?.message.message_data, patience)
      .toBe('Thanks')

    await shopper.page.reload()
    const { widget } = visitorOf(shopper)
    await widget.getByRole('button', { name: 'Open the chat' }).click()
    await reads(shopper, 'Thanks')
    // One guest, who was not asked again.
    expect((await meg.request.get_tickets({})).tickets.length).toBe(1)
    letGo()
    expect(shopper.complaints).toEqual([])
  })

  it('[WI1] loads one small file and connects to nothing until it is opened', async () => {
    const { server, visit } = await openWidgetDesk(chromium)
    const shopper = await visit()
    const asked: string[] = []
    shopper.page.on('request', (request) => {
      if (request.url().startsWith(server.url)) asked.push(request.url().slice(server.url.length))
    })
    await shopper.page.reload()
    const bubble = shopper.widget.getByRole('button', { name: 'Open the chat' })
    await bubble.waitFor()
    // Longer than it waits before it looks whether a conversation is open.
    await shopper.page.waitForTimeout(2_500)
    expect(asked).toEqual(['/widget.js'])
    await bubble.click()
    await expect.poll(() => asked.some((path) => path.startsWith('/socket.io')), patience).toBe(true)
    expect(shopper.complaints).toEqual([])
  })

  it('[WI5] counts on its bubble what is new while it is closed, on the next page too', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    await countNotes(shopper)
    await ask(shopper, 'Hello?')
    const id = await newestTicket(meg)
    // What comes before is not played.
    await expect.poll(() => shopper.page.evaluate(() => window.audio?.state), patience).toBe('running')
    await shopper.page.keyboard.press('Escape')
    await meg.tickets.messages(id).send('Good morning')
    await shopper.widget.getByRole('button', { name: 'Open the chat, 1 new' }).waitFor()
    await expect.poll(() => shopper.page.evaluate(() => window.notes), patience).toBe(2)
    await shopper.page.reload()
    await meg.tickets.messages(id).send('Are you there?')
    await shopper.widget.getByRole('button', { name: 'Open the chat, 2 new' }).click()
    await reads(shopper, 'Are you there?')
    await shopper.widget.getByRole('button', { name: 'Close the chat' }).first().click()
    await shopper.widget.getByRole('button', { name: 'Open the chat', exact: true }).waitFor()
    expect(shopper.complaints).toEqual([])
  })

  it('[WI5] tells of an answer whose conversation is over, and holds no connection once it is read', async () => {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    await ask(shopper, 'Is it in stock?')
    const id = await newestTicket(meg)
    await shopper.page.keyboard.press('Escape')
    await shopper.page.evaluate(() => {
      window.forgotten = 0
      Storage.prototype.removeItem = () => {
        window.forgotten = (window.forgotten ?? 0) + 1
      }
    })
    await meg.tickets.messages(id).send('It is')
    await meg.tickets.close(id)
    const news = shopper.widget.getByRole('button', { name: /^Open the chat, \d new$/ })
    await news.waitFor()
    // Also while its list of conversations does not know yet how much is unread in this one.
    const rating = shopper.widget.getByRole('group', { name: 'How did it go?', includeHidden: true })
    await rating.waitFor({ state: 'attached' })
    expect(await shopper.page.evaluate(() => window.forgotten)).toBe(0)
    await news.waitFor()
    await shopper.page.reload()
    await news.click()
    await reads(shopper, 'It is')
    await shopper.widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    await shopper.page.keyboard.press('Escape')
    await shopper.widget.getByRole('button', { name: 'Open the chat', exact: true }).waitFor()

    // As if another tab had not heard of it yet.
    await shopper.page.evaluate((url) => localStorage.setItem(`dowellchat widget ${url}`, '1'), server.url)
    const closed = shopper.page.waitForEvent('websocket').then((socket) => socket.waitForEvent('close'))
    await shopper.page.reload()
    await closed
    expect(shopper.complaints).toEqual([])
  })

  it('[WI5] has read nothing of what comes while its tab is behind others', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    await ask(shopper, 'Hello?')
    await shopper.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
    })
    await meg.tickets.messages(await newestTicket(meg)).send('Good morning')
    await reads(shopper, 'Good morning')
    await shopper.widget.getByRole('button', { name: 'Close the chat' }).first().click()
    await shopper.widget.getByRole('button', { name: 'Open the chat, 1 new' }).waitFor()
    await shopper.widget.getByRole('button', { name: 'Open the chat, 1 new' }).click()
    await shopper.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await shopper.widget.getByRole('button', { name: 'Close the chat' }).first().click()
    await shopper.widget.getByRole('button', { name: 'Open the chat', exact: true }).waitFor()
    expect(shopper.complaints).toEqual([])
  })

  it('[WI1] says on its bubble that it could not be loaded, and tries again', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const { page, widget } = await visit()
    const picture = () => widget.locator('.bubble path').getAttribute('d')
    await widget.getByRole('button', { name: 'Open the chat' }).waitFor()
    const before = await picture()
    await page.route('**/widget/app.js', (route) => route.abort())
    await widget.getByRole('button', { name: 'Open the chat' }).click()
    const failed = widget.getByRole('button', { name: 'The chat could not be loaded. Try again' })
    await failed.waitFor()
    expect([await picture(), await failed.getAttribute('aria-expanded')]).toEqual([before, 'false'])
  })

  it('[WI6] takes and shows files under the same policy', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    await ask(shopper, 'It is broken')
    const picture = await pictureOf(shopper)
    const chooser = shopper.page.waitForEvent('filechooser')
    await shopper.widget.getByRole('button', { name: 'Add files' }).click()
    await (await chooser).setFiles([{ name: 'broken.png', mimeType: 'image/png', buffer: picture }])
    const send = shopper.widget.getByRole('button', { name: 'Send', exact: true })
    await expect.poll(() => send.getAttribute('aria-disabled'), patience).toBe('false')
    await send.click()
    const shown = shopper.widget.getByRole('button', { name: 'Picture broken.png' }).locator('canvas')
    await shown.waitFor()
    const colors = await shown.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')?.getImageData(20, 12, 1, 1).data ?? []),
    )
    expect(colors).toEqual([0, 128, 0, 255])
    const id = await newestTicket(meg)
    const { entries } = await meg.request.get_messages({ stream: `ticket:${id}`, before: 1_000 })
    expect(entries.at(-1)).toMatchObject({ attachments: [{ name: 'broken.png', width: 40, height: 24 }] })
    const opened = shopper.context.waitForEvent('page')
    await shopper.widget.getByRole('button', { name: 'Picture broken.png' }).click()
    expect((await opened).url()).toBeTypeOf('string')
    expect(shopper.complaints).toEqual([])
  })

  it('[WI4] shows the place in the line and how it changes', async () => {
    const { agent, root, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    await root.request.update_line_manager({ user_id: 'meg', capacity: 1 })
    const [first, second, third] = [await visit(), await visit(), await visit()]
    await ask(first, 'First')
    await ask(second, 'Second')
    await ask(third, 'Third')
    await expect
      .poll(() => state(third).textContent(), patience)
      .toMatch(/^You are number 2 in the line · about/)
    await expect.poll(() => state(second).textContent(), patience).toMatch(/^You are next · about/)
    const fourth = await visit('data-workspace="demo" data-topic="orders"')
    await fourth.widget.getByRole('button', { name: 'Open the chat' }).click()
    await expect
      .poll(() => state(fourth).textContent(), patience)
      .toMatch(/^If you ask now, we answer in about \d+ to/)
    const tickets = (await meg.request.get_tickets({ order: 'longest_waiting' })).tickets
    const mine = tickets.find(({ line_manager }) => line_manager === 'meg')
    await meg.tickets.close(mine?._id ?? '')
    await expect.poll(() => state(third).textContent(), patience).toMatch(/^You are next · about/)
    for (const one of [first, second, third, fourth]) expect(one.complaints).toEqual([])
  })

  it('[WI4] says in the team’s words that nobody is there', async () => {
    const { root, visit } = await openWidgetDesk(chromium)
    await root.request.update_topic({
      name: 'orders',
      title: 'Your order',
      away_text: 'We answer within a day',
    })
    await root.topics.create({ name: 'returns_and_money' })
    const shopper = await visit()
    const { widget } = shopper
    await widget.getByRole('button', { name: 'Open the chat' }).click()
    await widget.getByText('We answer within a day').waitFor()
    const topic = widget.getByRole('combobox', { name: 'What is it about?' })
    expect(await topic.locator('option').allTextContents()).toEqual(['Your order', 'Returns and money'])
    await topic.selectOption('Returns and money')
    await widget.getByText('Nobody is here right now. We answer as soon as somebody is').waitFor()
    await widget.getByRole('textbox', { name: 'How can we help?' }).fill('I want my money back')
    await widget.getByRole('button', { name: 'Start the conversation' }).click()
    await reads(shopper, 'I want my money back')
    expect(await root.request.get_tickets({ product: 'returns_and_money' })).toMatchObject({
      tickets: [{ state: 'waiting' }],
    })
    expect(shopper.complaints).toEqual([])
  })

  it('[WI15] goes on with somebody else where an agent has left', async () => {
    const limits = { handBackMs: 1_000, handBackAnsweredMs: 1_000 }
    const { agent, root, visit } = await openWidgetDesk(chromium, { limits })
    const [meg, zoe] = [await agent('meg'), await agent('zoe')]
    for (const one of [meg, zoe]) await one.request.set_line_availability({ availability: 'online' })
    for (const user_id of ['meg', 'zoe']) await root.request.update_line_manager({ user_id, capacity: 1 })
    const [ann, ben] = [await visit(), await visit()]
    await ask(ann, 'Is anybody there?')
    await ask(ben, 'Hello')
    const { tickets } = await root.request.get_tickets({})
    expect(tickets.map(({ line_manager }) => line_manager).toSorted()).toEqual(['meg', 'zoe'])
    const idOf = (user_id: string): string => tickets.find((one) => one.line_manager === user_id)?._id ?? ''
    await meg.tickets.messages(idOf('meg')).send('One moment')
    await reads(ann, 'One moment')
    meg.close()
    await expect.poll(() => state(ann).textContent(), patience).toMatch(/^You are next · /)
    await zoe.tickets.close(idOf('zoe'))
    await ben.widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    const hers = async () => (await root.request.get_ticket({ ticket_id: idOf('meg') })).line_manager
    await expect.poll(hers, patience).toBe('zoe')
    await zoe.tickets.messages(idOf('meg')).send('Zoe here, I go on')
    await expect.poll(() => state(ann).textContent(), patience).toBe('You are talking with Zoe Fox')
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('[WI16] keeps what was written and not sent, in the form and in each conversation', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const shopper = await visit()
    const { widget } = shopper
    await ask(shopper, 'Where is my order?')
    await composer(shopper).fill('It was order 42')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget.getByRole('button', { name: 'New conversation' }).click()
    const question = widget.getByRole('textbox', { name: 'How can we help?' })
    await question.fill('And another thing')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget.getByRole('button', { name: /^Orders/ }).click()
    await expect.poll(() => composer(shopper).inputValue(), patience).toBe('It was order 42')
    await composer(shopper).press('Enter')
    await reads(shopper, 'It was order 42')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget.getByRole('button', { name: /^Orders/ }).click()
    await expect.poll(() => composer(shopper).inputValue(), patience).toBe('')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget.getByRole('button', { name: 'New conversation' }).click()
    expect(await question.inputValue()).toBe('And another thing')
  })

  it('[WI17] is there again when its script is put on the page after it was removed', async () => {
    const { server, visit } = await openWidgetDesk(chromium)
    // A page whose policy lets the test put scripts on it.
    const page = await (await visit()).context.newPage()
    const bubble = page.getByRole('button', { name: 'Open the chat' })
    const putScript = () =>
      page.evaluate((src) => {
        const script = document.createElement('script')
        script.src = src
        script.dataset.workspace = 'demo'
        document.head.append(script)
      }, `${server.url}/widget.js`)
    await putScript()
    await bubble.waitFor()
    await page.evaluate(() => window.dowellchatWidget?.destroy())
    await bubble.waitFor({ state: 'hidden' })
    await putScript()
    await bubble.waitFor()
  })

  it('[WI7] ends with a rating, and goes on when the visitor writes again', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const shopper = await visit()
    const { widget } = shopper
    await ask(shopper, 'Is it open on Sunday?')
    const id = await newestTicket(meg)
    await widget.getByRole('button', { name: 'End the conversation' }).click()
    await widget.getByRole('button', { name: 'Keep it' }).click()
    await widget.getByRole('button', { name: 'End the conversation' }).click()
    await widget.getByRole('button', { name: 'End it' }).click()
    await widget.getByRole('radio', { name: '4 of 5' }).check({ force: true })
    await widget.getByRole('textbox', { name: 'What should we know?' }).fill('Quick')
    await widget.getByRole('button', { name: 'Send the rating' }).click()
    await widget.getByText('Thank you. You rated it 4 of 5').waitFor()
    const { rating, is_closed } = await meg.request.get_ticket({ ticket_id: id })
    expect([is_closed, rating]).toMatchObject([true, { score: 4, comment: 'Quick' }])
    await write(shopper, 'One more thing')
    await widget.getByText('Thank you. You rated it 4 of 5').waitFor({ state: 'hidden' })
    expect((await meg.request.get_ticket({ ticket_id: id })).is_closed).toBe(false)
    expect(shopper.complaints).toEqual([])
  })
})

/** A green picture of 40 × 24 pixels, made outside the page, which allows no pictures. */
async function pictureOf({ page }: Visitor): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 24)
    const brush = canvas.getContext('2d')
    if (brush) brush.fillStyle = 'green'
    brush?.fillRect(0, 0, 40, 24)
    return Array.from(new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()))
  })
  return Buffer.from(bytes)
}

describeInChromium('who the visitor is', (chromium) => {
  it('[WI9] is a user by a token of the page’s own back end', async () => {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const answers = {
      '/token': async () => JSON.stringify({ token: await server.tokenFor('ann', { name: 'Ann' }) }),
    }
    const ann = await visit('data-token-url="/token" data-topic="orders"', {}, answers)
    await ask(ann, 'Hello')
    expect(await meg.request.get_ticket({ ticket_id: await newestTicket(meg) })).toMatchObject({
      user_id: 'ann',
    })
    expect(ann.complaints).toEqual([])
  })

  it('[WI9] gives a guest the name that they say, and keeps their conversation when they log in', async () => {
    const { server, agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const gus = await visit()
    await gus.widget.getByRole('button', { name: 'Open the chat' }).click()
    await gus.widget.getByRole('textbox', { name: 'Your name' }).fill('Gus')
    await gus.widget.getByRole('textbox', { name: 'How can we help?' }).fill('Hello')
    await gus.widget.getByRole('button', { name: 'Start the conversation' }).click()
    await reads(gus, 'Hello')
    const id = await newestTicket(meg)
    expect(await meg.request.get_ticket({ ticket_id: id })).toMatchObject({ display_name: 'Gus' })
    const token = await server.tokenFor('gus', { name: 'Gus Gray' })
    // The page's policy lets nothing of its own run, but the test's.
    await gus.page.evaluate((token) => window.dowellchatWidget?.update({ auth: { token } }), token)
    await reads(gus, 'Hello')
    await write(gus, 'It is me again')
    const { entries } = await meg.request.get_messages({ stream: `ticket:${id}`, before: 1_000 })
    expect(entries.at(-1)).toMatchObject({ author: 'gus', message_data: 'It is me again' })
    expect(gus.complaints).toEqual([])
  })

  it('[WI10] says why there is no chat, and shows nothing else', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const visitor = await visit('data-workspace="other"')
    await visitor.widget.getByRole('button', { name: 'Open the chat' }).click()
    await visitor.widget.getByText('The chat is not available: Reload the page, or log in again').waitFor()
    // What the server says is for those who have put it there.
    await expect.poll(() => visitor.complaints.join(), patience).toContain('do not belong together')
  })
})

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
type WithAxe = typeof globalThis & {
  readonly axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
}

/** What axe finds wrong, in light and in dark. */
async function expectAccessible({ page }: Visitor): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const faults = async (): Promise<string[]> => {
      const { violations } = await page.evaluate(() => (globalThis as WithAxe).axe.run())
      const ofWidget = violations.filter(({ id }) => !id.startsWith('color-contrast-enhanced'))
      return ofWidget.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }
    await expect.poll(faults, patience).toEqual([])
  }
}

describeInChromium('everybody can use it', (chromium) => {
  it('[WI8] by the keyboard alone, and axe finds nothing', async () => {
    const { agent, visit } = await openWidgetDesk(chromium)
    const meg = await agent()
    const ann = await visit('data-workspace="demo" data-color="#f0b429" data-greeting="Ask us anything"')
    const { page, widget } = ann
    await widget.getByRole('button', { name: 'Open the chat' }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await widget.getByText('Ask us anything').waitFor()
    await widget.getByRole('textbox', { name: 'How can we help?' }).waitFor()
    await expectAccessible(ann)
    const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id)
    await expect.poll(focused, patience).toBe('name')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Do you deliver?')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await reads(ann, 'Do you deliver?')
    await expectAccessible(ann)
    await page.keyboard.type('To Rome')
    await page.keyboard.press('Enter')
    await reads(ann, 'To Rome')
    await meg.tickets.messages(await newestTicket(meg)).send('Yes')
    await reads(ann, 'Yes')
    await page.keyboard.press('Escape')
    await widget.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className)).toBe(
      'bubble',
    )
    await page.keyboard.press('Enter')
    await widget.getByRole('button', { name: 'All conversations' }).click()
    await widget.getByRole('heading', { name: 'Your conversations' }).waitFor()
    await expectAccessible(ann)
    await widget.getByRole('button', { name: /^Orders/ }).click()
    await widget.getByRole('button', { name: 'End the conversation' }).click()
    await widget.getByRole('button', { name: 'End it' }).click()
    await widget.getByRole('group', { name: 'How did it go?' }).waitFor()
    await expectAccessible(ann)
    // Enter sends no rating before there is one.
    const star = widget.getByRole('radio', { name: '1 of 5' })
    await star.focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowRight')
    await widget.getByRole('textbox', { name: 'What should we know?' }).waitFor()
    expect(await widget.getByRole('alert').count()).toBe(0)
    expect(ann.complaints).toEqual([])
  })

  it('[WI8] leaves the focus where the visitor writes when the page closes it', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const { page, widget, complaints } = await visit()
    await page.getByRole('button', { name: 'Ask us' }).click()
    await widget.getByRole('textbox', { name: 'How can we help?' }).waitFor()
    await page.getByRole('button', { name: 'Ask us' }).focus()
    await page.evaluate(() => window.dowellchatWidget?.close())
    await widget.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Ask us')
    expect(complaints).toEqual([])
  })

  it('[WI8] on a phone: it fills the screen, and the focus stays in it', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo"', {
      viewport: { width: 360, height: 640 },
      hasTouch: true,
    })
    const { page, widget } = ann
    await page.getByRole('button', { name: 'Ask us' }).tap()
    const dialog = widget.getByRole('dialog', { name: 'Support' })
    await dialog.waitFor()
    await widget.getByRole('button', { name: 'Start the conversation' }).waitFor()
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await dialog.boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    for (let steps = 0; steps < 12; steps++) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.localName)).toBe('dowellchat-widget')
    }
    await widget.getByRole('textbox', { name: 'How can we help?' }).fill('Hello')
    await widget.getByRole('button', { name: 'Start the conversation' }).tap()
    await reads(ann, 'Hello')
    const { height = 0, y = 0 } = (await composer(ann).boundingBox()) ?? {}
    expect(y + height).toBeLessThanOrEqual(640)
    await expectAccessible(ann)
    expect(ann.complaints).toEqual([])
  })

  it('[WI3] looks as it does on every page, whatever the page’s own styles say', async () => {
    const { visit } = await openWidgetDesk(chromium)
    const ann = await visit('data-workspace="demo" data-color="#0b7a4b" data-side="left"')
    const bubble = ann.widget.getByRole('button', { name: 'Open the chat' })
    const look = await bubble.evaluate((element) => {
      const { backgroundColor, color, position } = getComputedStyle(element)
      return {
        backgroundColor,
        color,
        position,
        fontSize: getComputedStyle(element.parentElement ?? element).fontSize,
      }
    })
    expect(look).toEqual({
      ...{
        backgroundColor: 'rgb(11, 122, 75)',
        color: 'rgb(255, 255, 255)',
        position: 'fixed',
        fontSize: '15px',
      },
    })
    expect((await bubble.boundingBox())?.x).toBe(20)
    const heading = ann.page.getByRole('heading', { name: 'A shop' })
    expect(await heading.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(0, 0, 0)')
    expect(ann.complaints).toEqual([])
  })
})
