import { describeInChromium, patience } from '@dowellchat/browser'
import { createChatClient } from '@dowellchat/client'
import { testWorkspaces } from '@dowellchat/server/testing'
import { expect, it, onTestFinished } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import {
  choose,
  enter,
  entrance,
  fill,
  goTo,
  openDemo,
  type Person,
  press,
  say,
  sees,
} from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'
import { messageOf, remove } from './support/messages.ts'
import { picture } from './support/pictures.ts'

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const workspaces = testWorkspaces.map((one) => ({ ...one, search: true }))

/** What is found, in the order in which it is shown. */
function hits({ page }: Person) {
  return page.getByRole('list', { name: 'Found messages' }).getByRole('link')
}

function field({ page }: Person) {
  return page.getByRole('searchbox', { name: 'Words to find' })
}

/** An answer is kept for a second after its words are gone; then the same words are searched for anew. */
const askedAgainMs = 1_500

/** Searches until there is what should be: the index comes behind the messages. */
async function finds(person: Person, text: string, count: number): Promise<void> {
  const status = person.page.locator('.search-status')
  await expect
    .poll(
      async () => {
        await field(person).fill(text)
        await status.filter({ hasText: /message|Nothing/ }).waitFor({ timeout: patience.timeout })
        const found = await hits(person).count()
        if (found !== count) await field(person).fill('')
        return found
      },
      { ...patience, interval: askedAgainMs },
    )
    .toBe(count)
}

async function isFocused(person: Person, text: string): Promise<void> {
  await expect
    .poll(() => messageOf(person, text).evaluate((one) => one === document.activeElement), patience)
    .toBe(true)
}

describeInChromium('search in the demo', (chromium) => {
  it('[DF4] finds messages of all rooms and tickets by a shortcut and the keyboard alone, and leads to them', async () => {
    const { url } = await openDemo({ workspaces })
    const writer = createChatClient({
      url,
      auth: { workspace_id: 'demo', api_key: 'demo-key', user_id: 'ben-okafor' },
    })
    onTestFinished(() => writer.close())
    writer.connect()
    const { send } = writer.rooms.messages('garden')
    await send('We plant the Ärger-free apple trees')
    for (let n = 1; n <= 120; n += 1) await send(`line ${n}`)
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    await fill(ann, 'Room name', 'garden')
    await press(ann, 'Join')
    await sees(ann, 'line 120')
    await fill(ann, 'Room name', 'kitchen')
    await press(ann, 'Join')
    await ann.page.getByRole('heading', { name: 'kitchen' }).waitFor()

    const { keyboard } = ann.page
    await keyboard.press('Control+Shift+F')
    await field(ann).and(ann.page.locator(':focus')).waitFor()
    await finds(ann, 'apple arger', 1)
    expect(await hits(ann).locator('mark').allInnerTexts()).toEqual(['Ärger', 'apple'])
    await sees(ann, '1 message')
    await expectAccessible(ann, 'what is found')
    await finds(ann, 'pear', 0)
    await sees(ann, 'Nothing found')
    await finds(ann, 'appl', 1)
    await picture(ann, 'search')
    await ann.page.getByRole('radio', { name: 'In this room' }).check()
    await finds(ann, 'appl', 0)
    await ann.page.getByRole('radio', { name: 'Everywhere' }).check()
    await finds(ann, 'appl', 1)
    await field(ann).focus()
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    await ann.page.getByRole('heading', { name: 'garden' }).waitFor()
    await isFocused(ann, 'apple trees')
    expect(ann.complaints).toEqual([])
  })

  it('[DF4] shows what was found as people read it, without the marks of its text', async () => {
    const { url } = await openDemo({ workspaces })
    const ann = await enter(chromium, url, 'Ann Keller')
    await say(ann, 'Look at **page 12** of:\n- the _spring_ catalogue\n- `the pricelist`')
    await sees(ann, 'the pricelist')
    await press(ann, 'Search')
    await finds(ann, 'spring', 1)
    expect(await hits(ann).locator('.search-excerpt').textContent()).toBe(
      'Look at page 12 of: the spring catalogue the pricelist',
    )
    expect(await hits(ann).locator('mark').allInnerTexts()).toEqual(['spring'])
  })

  it('[DF4] finds what was said in a ticket, on a phone; what is deleted is not found any more', async () => {
    const { url } = await openDemo({ workspaces })
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    const ann = await enter(chromium, url, 'Ann Keller', 'customer', phone)
    await goTo(ann, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await fill(ann, 'Message', 'Is the 櫻花 festival open?')
    await press(ann, 'Send')
    await sees(ann, '櫻花')
    await goTo(ann, 'Chat')
    await press(ann, 'Search')
    await finds(ann, '櫻花', 1)
    await sees(ann, /Opening hours, Ann Keller/)
    await expectAccessible(ann, 'what is found on a phone')
    await hits(ann).click()
    await isFocused(ann, 'festival')

    await remove(ann, 'festival')
    await sees(ann, 'Message removed')
    await ann.page.getByRole('log').focus()
    await ann.page.keyboard.press('/')
    await finds(ann, '櫻花', 0)
    expect(ann.complaints).toEqual([])
  })
})
