import { describeInChromium, untilReceiving } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, goTo, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'
import { settled, snapshot } from './support/pictures.ts'

/** How phones with a notch are held, and what their screens lose to it, to round corners and to the bar below. */
const held = {
  upright: { size: { width: 390, height: 844 }, insets: { top: 47, left: 0, bottom: 34, right: 0 } },
  lying: { size: { width: 844, height: 390 }, insets: { top: 0, left: 47, bottom: 21, right: 47 } },
  'lying-small': { size: { width: 667, height: 375 }, insets: { top: 0, left: 44, bottom: 21, right: 44 } },
} as const

type Insets = (typeof held)[keyof typeof held]['insets']

/** Holds somebody's phone in each way, and expects that nothing to press or to write in is under the notch. */
async function expectNothingCut(person: Person, state: string): Promise<void> {
  const { page, context } = person
  const browser = await context.newCDPSession(page)
  for (const [way, { size, insets }] of Object.entries(held)) {
    await page.setViewportSize(size)
    await browser.send('Emulation.setSafeAreaInsetsOverride', { insets })
    await page.evaluate(settled)
    await snapshot(person, `notch-${state}-${way}`)
    expect.soft(await page.evaluate(cutOff, insets), `${state}, ${way}`).toEqual([])
  }
  await browser.send('Emulation.setSafeAreaInsetsOverride', { insets: {} })
  await browser.detach()
}

/** Runs in the page: what can be pressed or written in, is seen, and is partly under the notch. What is scrolled may be. */
function cutOff({ top, left, bottom, right }: Insets): string[] {
  const all = [...document.querySelectorAll<HTMLElement>('a, button, input, select, textarea')]
  return all.flatMap((element) => {
    const box = element.getBoundingClientRect()
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    if (!middle || !(element.contains(middle) || middle.contains(element))) return []
    const isCutAtSide = box.left < left || box.right > innerWidth - right
    const isScrolled = element.closest('.page, .who-am-i, [role="log"], .split-list') !== null
    const isCut = isCutAtSide || (!isScrolled && (box.top < top || box.bottom > innerHeight - bottom))
    return isCut ? [`${element.ariaLabel ?? element.textContent} ${JSON.stringify(box)}`] : []
  })
}

describeInChromium('on a phone with a notch', (chromium) => {
  it('nothing is cut on the pages and in a call', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    const [ann, meg] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Meg', 'agent')]
    await say(ann, 'Hello')
    await reads(ann, 'Hello')
    await expectNothingCut(ann, 'chat')
    await press(ann, 'Your status and settings')
    await sees(ann, 'Others see you as')
    await expectNothingCut(ann, 'settings')
    await ann.page.keyboard.press('Escape')
    await ann.page.setViewportSize({ width: 1280, height: 800 })
    for (const one of [ann, meg]) await goTo(one, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open?')
    await meg.page.getByRole('link', { name: /^Ann/ }).click()
    await reads(meg, 'When do you open?')
    await expectNothingCut(meg, 'ticket')
    await goTo(ann, 'Calls')
    await fill(ann, 'Who to call', 'Meg')
    await expectNothingCut(ann, 'calls')
    await press(ann, 'Call')
    await sees(meg, 'Ann is calling')
    await expectNothingCut(meg, 'ringing')
    await press(meg, 'Accept')
    for (const one of [ann, meg]) await untilReceiving(one, 'frames')
    await press(meg, 'Share screen')
    await ann.page.getByLabel("Meg's screen").waitFor()
    await expectNothingCut(ann, 'call')
    await press(ann, 'Chat')
    await sees(ann, 'No messages yet')
    await expectNothingCut(ann, 'call-chat')
    await press(meg, 'Hang up')
    await sees(ann, /^Meg ended the call/)
    await expectNothingCut(ann, 'ended')
    await press(ann, 'Leave')
    await expectNothingCut(ann, 'entrance')
  })
})
