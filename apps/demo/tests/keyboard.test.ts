import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, entrance, openDemo, type Person, press, reads, say } from './support/demo.ts'
import { isSent } from './support/messages.ts'

async function expectFocus({ page }: Person, name: string): Promise<void> {
  await page.getByRole('textbox', { name, exact: true }).and(page.locator(':focus')).waitFor()
}

describeInChromium('a newcomer with a keyboard alone', (chromium) => {
  it('gets to a first message', async () => {
    const { url } = await openDemo()
    const ben = await enter(chromium, url, 'Ben')
    const ann = await chromium.open(entrance(url))
    const { keyboard } = ann.page
    // The name field has the focus, a role is preselected, and the room opens ready for a message.
    await expectFocus(ann, 'Your name')
    await keyboard.type('Ann')
    await keyboard.press('Enter')
    await expectFocus(ann, 'Message')
    await keyboard.type('Hello')
    await keyboard.press('Shift+Enter')
    await keyboard.type('everybody')
    await keyboard.press('Enter')
    for (const one of [ann, ben]) await reads(one, 'Hello\neverybody')
  })

  it('comes by Tab to everything that can be used, and sees where it is', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann', 'admin')
    await ann.page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
    const seen: string[] = []
    for (let n = 0; n < 40; n += 1) {
      await ann.page.keyboard.press('Tab')
      const focused = await ann.page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const { outlineStyle, boxShadow } = getComputedStyle(element)
        const isMarked = outlineStyle !== 'none' || boxShadow !== 'none'
        return {
          name: element.getAttribute('aria-label') ?? (element.textContent ?? '').trim(),
          isMarked,
          tag: element.tagName,
        }
      })
      // Between the last and the first element, the focus is on the body.
      if (focused.tag === 'BODY') continue
      expect(focused).toMatchObject({ isMarked: true })
      seen.push(focused.name)
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        'Skip to the page',
        'Chat',
        'Calls',
        'Tickets',
        'Admin',
        'Room name',
        'Message',
        'Send',
      ]),
    )
  })

  it('is back at what has opened a dialog or a menu, however that is closed', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann Keller')
    await press(ann, 'Write to Ben Okafor')
    // The room that is opened may take the focus until then.
    await ann.page.getByRole('button', { name: 'More about Ben Okafor', exact: true }).waitFor()
    await ann.page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
    const opener = (name: string) =>
      ann.page.getByRole('button', { name, exact: true }).and(ann.page.locator(':focus'))
    await press(ann, 'Your status and settings')
    await press(ann, 'Close')
    await opener('Your status and settings').waitFor()
    await press(ann, 'More about Ben Okafor')
    await ann.page.getByRole('menuitem', { name: 'Report' }).click()
    await ann.page.getByRole('textbox', { name: 'What is wrong?' }).fill('He is rude')
    await press(ann, 'Report')
    await opener('More about Ben Okafor').waitFor()

    await say(ann, 'Are you there?')
    await isSent(ann, 'Are you there?')
    const { keyboard } = ann.page
    const message = ann.page.getByRole('article', { name: /^You, / }).and(ann.page.locator(':focus'))
    await ann.page.getByRole('log').focus()
    await keyboard.press('ArrowUp')
    await message.waitFor()
    await keyboard.press('Enter')
    await ann.page.getByRole('menuitem', { name: 'Thumbs up' }).waitFor()
    await keyboard.press('Escape')
    await message.waitFor()
    await keyboard.press('+')
    await ann.page.getByRole('textbox', { name: 'Find an emoji' }).waitFor()
    await keyboard.press('Escape')
    await message.waitFor()
  })

  it('stays on the page when a narrow screen shows a room in place of the list', async () => {
    const { url } = await openDemo()
    const viewport = { width: 390, height: 844 }
    const ann = await enter(chromium, url, 'Ann', 'customer', { viewport, hasTouch: true, isMobile: true })
    await ann.page.getByRole('link', { name: 'All rooms' }).click()
    const room = ann.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /^lobby/ })
    await room.focus()
    await ann.page.keyboard.press('Enter')
    await ann.page.getByRole('log').waitFor()
    await ann.page.locator('main:focus-within').waitFor()
  })

  it('[DW9] goes through the messages, answers, reacts, edits and comes back, and hears of what is new', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    const { keyboard } = ann.page
    await say(ben, 'Shall we?')
    await ann.page.locator('[data-announcer]').getByText('Ben: Shall we?').waitFor()
    await ann.page.getByRole('textbox', { name: 'Message', exact: true }).focus()
    await keyboard.press('Shift+Tab')
    const focused = ann.page.locator(':focus')
    await expect.poll(() => focused.getAttribute('aria-label'), patience).toMatch(/lobby|Jump|Ben/)
    await ann.page.getByRole('log').focus()
    await keyboard.press('ArrowUp')
    await expect.poll(() => focused.getAttribute('aria-label'), patience).toMatch(/^Ben, /)
    await keyboard.press('Enter')
    await ann.page.getByRole('menuitem', { name: 'Thumbs up' }).and(focused).waitFor()
    await keyboard.press('Enter')
    await ben.page.getByRole('button', { name: /^👍, 1: Ann/ }).waitFor({ timeout: patience.timeout })
    await ann.page.getByRole('log').focus()
    await keyboard.press('ArrowUp')
    await expect.poll(() => focused.getAttribute('aria-label'), patience).toMatch(/^Ben, /)
    await keyboard.press('r')
    await expectFocus(ann, 'Message')
    await keyboard.type('Yes')
    await keyboard.press('Enter')
    await reads(ben, 'Shall we?', 'Yes')
    // Ben may have it before Ann knows that it is sent.
    await isSent(ann, 'Yes')
    await keyboard.press('ArrowUp')
    await keyboard.type(', at once')
    await keyboard.press('Enter')
    await reads(ben, 'Shall we?', 'Yes, at once')
    expect(ann.complaints).toEqual([])
  })
})
