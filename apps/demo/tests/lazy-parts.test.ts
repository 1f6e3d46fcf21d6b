import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, inject, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, fill, goTo, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { openDemoWithFiles, pick } from './support/files.ts'
import { choose, isSent, messageOf } from './support/messages.ts'

const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Bring a cake.\n') }

/** The built script that has some words and comes after the first load. */
function scriptWith(...words: readonly string[]): string {
  const folder = join(inject('demoPages'), 'assets')
  const found = readdirSync(folder).find((name) => {
    const isLater = name.endsWith('.js') && !/^(?:main|shared)-/.test(name)
    const text = isLater ? readFileSync(join(folder, name), 'utf8') : ''
    return isLater && words.every((one) => text.includes(one))
  })
  if (found === undefined) throw new Error(`No script says ${words.join(', ')}`)
  return `**/assets/${basename(found)}`
}

function composer({ page }: Person) {
  return page.getByRole('textbox', { name: 'Message', exact: true })
}

async function isWhole(person: Person): Promise<void> {
  expect(await person.page.getByText('Something went wrong').count()).toBe(0)
  await composer(person).waitFor()
}

/** Waits until a part has not been loaded, and is no longer tried: until then it says what kept it the last time. */
async function hasFailed(person: Person): Promise<void> {
  await person.page.getByRole('button', { name: 'Try again', exact: true }).waitFor()
  await sees(person, /the server cannot be reached/)
}

/** The server has other pages than the one that somebody has open. */
async function updatePage({ page }: Person, url: string): Promise<void> {
  const own = await (await fetch(url)).text()
  const body = own.replace(/assets\/index-[\w-]+\.js/, 'assets/index-newer.js')
  await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body }))
}

describeInChromium('a part of the page that cannot be loaded', (chromium) => {
  it('[DW14] leaves the page and what is being written as they are, and is there once it can be loaded', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann')
    await say(ann, 'Hello')
    await isSent(ann, 'Hello')
    await fill(ann, 'Message', 'Half a draft')
    await ann.context.setOffline(true)
    await messageOf(ann, 'Hello').hover()
    await press(ann, 'React to your message')
    await sees(ann, /the server cannot be reached/)
    await isWhole(ann)
    expect(await composer(ann).inputValue()).toBe('Half a draft')
    await expectAccessible(ann, 'a part that could not be loaded')
    await press(ann, 'Try again')
    await hasFailed(ann)
    await ann.page.keyboard.press('Escape')
    await expect.poll(() => ann.page.getByText(/the server cannot be reached/).count(), patience).toBe(0)

    await press(ann, 'React to your message')
    await hasFailed(ann)
    await ann.context.setOffline(false)
    // A part without its style sheet is none, either.
    const isStyle = (one: URL): boolean => one.pathname.endsWith('.css') || one.pathname === '/'
    await ann.page.route(isStyle, (route) => route.abort())
    await press(ann, 'Try again')
    await hasFailed(ann)
    await ann.page.unrouteAll()
    await press(ann, 'Try again')
    await ann.page.getByRole('textbox', { name: 'Find an emoji' }).waitFor()
    const grid = ann.page.locator('.emoji-grid')
    expect(await grid.evaluate((one) => getComputedStyle(one).display)).toBe('grid')
    await ann.page.keyboard.press('Escape')
    await choose(ann, 'Hello', 'Edit')
    await sees(ann, 'Edit your message')
    await ann.page.keyboard.press('Escape')
    expect(await composer(ann).inputValue()).toBe('Half a draft')
  })

  it('[DW14] is told apart from a page that has been updated, which a reload brings', async () => {
    const { url } = await openDemoWithFiles()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await say(ben, 'Look')
    await reads(ann, 'Look')
    const files = scriptWith('Files to send', 'Recording a sound')
    await ann.page.route(files, (route) => route.fulfill({ status: 404, body: 'Not found' }))
    await pick(ben, notes)
    await fill(ben, 'Message', 'My notes')
    await press(ben, 'Send')
    await reads(ann, 'Look', 'My notes')
    await sees(ann, 'This part of the page could not be loaded.')
    await isWhole(ann)
    await say(ann, 'I see')
    await reads(ann, 'Look', 'My notes', 'I see')

    await updatePage(ann, url)
    await press(ann, 'Try again')
    await sees(ann, 'The page has been updated since you opened it. Reload it to see this.')
    expect(await ann.page.getByRole('button', { name: 'Try again' }).count()).toBe(0)
    await isWhole(ann)
    await fill(ann, 'Message', 'Kept')
    await ann.page.unrouteAll()
    await press(ann, 'Reload')
    await ann.page.getByRole('button', { name: /^Save notes\.txt/ }).waitFor()
    expect(await composer(ann).inputValue()).toBe('Kept')
  })

  it.each(['index', 'connection', 'main'])(
    '[DW14] says that it is not loaded where %s-….js is not, and loads it at the next try',
    async (first) => {
      const { url } = await openDemo()
      const ann = await chromium.open('about:blank')
      await ann.page.route(`**/assets/${first}-*.js`, (route) => route.abort())
      await ann.page.goto(`${url}?name=Ann&role=customer`)
      const again = ann.page.getByRole('link', { name: 'The page could not be loaded. Try again' })
      await again.waitFor()
      await ann.page.unrouteAll()
      await again.click()
      await press(ann, 'Enter')
      await isWhole(ann)
    },
  )

  it('[DW14] says once that the page has been updated where what rings comes no more', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(`${url}?name=Ann&role=customer`)
    await ann.page.route(scriptWith('Accept without video'), (route) => route.abort())
    await updatePage(ann, url)
    await press(ann, 'Enter')
    await sees(ann, 'The page has been updated since you opened it. Reload it to see this.')
    expect(await ann.page.getByRole('button', { name: 'Reload' }).count()).toBe(1)
    await expectAccessible(ann, 'a page that has been updated')
    await press(ann, 'Close')
    await isWhole(ann)
    expect(await ann.page.getByRole('button', { name: 'Reload' }).count()).toBe(0)
  })

  it('[DW14] comes by itself where nobody has asked for it, such as what rings', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(`${url}?name=Ann&role=customer`)
    await ann.page.route(scriptWith('Accept without video'), (route) => route.abort())
    await press(ann, 'Enter')
    await say(ann, 'Hello')
    await reads(ann, 'Hello')
    await isWhole(ann)
    await ann.page.unrouteAll()
    await ann.page.evaluate(() => dispatchEvent(new Event('online')))
    const ben = await enter(chromium, url, 'Ben')
    await goTo(ben, 'Calls')
    await fill(ben, 'Who to call', 'Ann')
    await press(ben, 'Call')
    await ann.page.getByRole('button', { name: 'Accept', exact: true }).waitFor({ timeout: patience.timeout })
  })
})
