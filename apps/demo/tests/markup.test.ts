import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { expect, it, onTestFinished } from 'vitest'
import { allLines, enter, goTo, openDemo, type Person, rooms } from './support/demo.ts'
import { markup } from './support/markup.ts'

function clientOf(url: string, user_id: string, name: string, role: 'customer' | 'admin' = 'customer') {
  const auth = { workspace_id: 'demo', api_key: 'demo-key', user_id, name, role }
  const client = createChatClient({ url, auth })
  onTestFinished(() => client.close())
  client.connect()
  return client
}

/** Everything that somebody can name or write is one of the texts. Answers a ticket with all of them. */
async function writeAll(url: string): Promise<string> {
  const root = clientOf(url, 'root', 'Root', 'admin')
  await root.ready()
  await Promise.all(markup.map((name) => root.topics.create({ name })))
  const authors = markup.map((name, at) => clientOf(url, `author-${at}`, name))
  for (const [at, author] of authors.entries()) {
    const [text = '', product = text] = [markup[at], markup[at]]
    await author.rooms.messages('lobby').send(text)
    await author.rooms.create({ kind: 'members', title: text, members: ['ann'] })
    await author.tickets.create({ product })
  }
  const ticket = await root.tickets.create({ product: markup[0] ?? '' })
  const { send } = root.tickets.messages(ticket._id)
  for (const text of markup) await send(text)
  return ticket._id
}

/** What a page did that it must not: dialogs, and requests to elsewhere or for what only one of the texts names. */
function watch({ context, page }: Person, url: string): readonly string[] {
  const faults: string[] = []
  page.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    const { origin, pathname } = new URL(request.url())
    if (origin.replace('ws', 'http') !== new URL(url).origin || /xss|\/x$/.test(pathname))
      faults.push(`request ${request.url()}`)
  })
  return faults
}

/** Runs in the page: elements, attributes and globals that only one of the texts can have made. */
function strange(): string[] {
  const tags =
    'iframe, object, embed, base, math, template, details:not(.people), marquee, animate, form[action], a[*|href^="java" i]'
  const found = [...document.querySelectorAll(`body :is(script, style, link, meta, img, ${tags})`)].map(
    ({ outerHTML }) => outerHTML,
  )
  for (const element of document.querySelectorAll('*'))
    for (const { name, value } of element.attributes) {
      const isRun = name.startsWith('on') || name === 'srcdoc' || name === 'autofocus' || name === 'data-x'
      const isLink = ['href', 'src', 'action', 'data', 'xlink:href'].includes(name)
      if (isRun || (isLink && /^\s*(javascript|data|vbscript):|evil\.test/i.test(value)))
        found.push(`${element.tagName} ${name}=${value}`)
    }
  return 'xss' in window ? [...found, 'window.xss'] : found
}

describeInChromium('markup and scripts', (chromium) => {
  it('[DM12] are shown as they were written, as a text, a name, a room, a topic and in tickets, and do nothing', async () => {
    const { url } = await openDemo()
    const ticket = await writeAll(url)
    const [ann, root] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Root', 'admin')]
    const faults = [watch(ann, url), watch(root, url)]
    const expectPlain = async ({ page }: Person) => expect(await page.evaluate(strange)).toEqual([])
    const all = (texts: readonly string[]) => new Set(texts.map((text) => text.toLowerCase()))
    const wanted = all(markup)

    // The lobby is one more than a page of the list, unless it came to the list after it was loaded.
    const more = ann.page.getByRole('button', { name: 'Show more' })
    const shownRooms = async () => {
      if (await more.isVisible()) await more.click()
      return (await rooms(ann)).length
    }
    await expect.poll(shownRooms, patience).toBeGreaterThan(markup.length)
    const titles = all(await rooms(ann))
    expect([...wanted].filter((title) => !titles.has(title))).toEqual([])
    await expect
      .poll(async () => (await allLines(ann)).filter((line) => markup.includes(line)), patience)
      .toEqual(markup)
    const names = ann.page.getByRole('log').locator('.message-head bdi')
    expect((await names.allTextContents()).filter((name) => !markup.includes(name))).toEqual([])
    expect(await names.count()).toBeGreaterThan(2)
    await expectPlain(ann)

    await goTo(root, 'Admin')
    const topics = root.page.locator('.topics bdi')
    await expect
      .poll(async () => all(await topics.allTextContents()), patience)
      .toEqual(all(markup.map(shown)))
    await expectPlain(root)

    await goTo(root, 'Tickets')
    await root.page.getByRole('radio', { name: /^All/ }).check()
    const customers = root.page.locator('.desk-item-name')
    await expect.poll(() => customers.count(), patience).toBeGreaterThan(40)
    const named = [...all(await customers.allTextContents())].filter((name) => wanted.has(name))
    expect(named.length).toBeGreaterThan(40)
    await root.page.goto(`${url}/#/tickets/${ticket}`)
    await expect
      .poll(async () => (await allLines(root)).filter((line) => markup.includes(line)).length, patience)
      .toBe(markup.length)
    await expectPlain(root)
    expect(faults.flat()).toEqual([])
    expect([...ann.complaints, ...root.complaints]).toEqual([])
  })
})

/** A topic's name as the demo shows it. */
function shown(name: string): string {
  return name.replaceAll('_', ' ')
}
