import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  choose,
  enter,
  entrance,
  goTo,
  isNamed,
  openDemo,
  openTab,
  type Person,
  press,
  reads,
  say,
  sees,
  untilUpgraded,
} from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'

function ticketsOf({ page }: Person): Promise<number> {
  return page.getByRole('region', { name: 'Open' }).getByRole('link').count()
}

describeInChromium('a guest', (chromium) => {
  it('[DM9] asks for support without a name, and has the ticket after a reload and after logging in', async () => {
    const { url } = await openDemo()
    await openDesk(await enter(chromium, url, 'Root', 'admin'))
    const guest = await chromium.open(entrance(url))
    const upgraded = untilUpgraded(guest)
    await press(guest, 'Continue as guest')
    await isNamed(guest, 'Guest')
    await upgraded
    await goTo(guest, 'Tickets')
    await openTicket(guest, 'Opening hours')
    await say(guest, 'When do you open?')
    await reads(guest, 'When do you open?')
    const upgradedAgain = untilUpgraded(guest)
    await guest.page.reload()
    await reads(guest, 'When do you open?')
    await upgradedAgain

    await press(guest, 'Log in')
    await sees(guest, /as a guest stays yours/)
    await choose(guest, 'Ann Keller')
    await isNamed(guest, 'Ann Keller')
    await goTo(guest, 'Tickets')
    await expect.poll(() => ticketsOf(guest), patience).toBe(1)
    await guest.page.getByRole('region', { name: 'Open' }).getByRole('link').click()
    await reads(guest, 'When do you open?')
    // Their own, also what they wrote as a guest.
    await guest.page.getByRole('article', { name: /^You, / }).waitFor()
    expect(guest.complaints).toEqual([])
  })

  it('[DM9] stays apart from people in other tabs of the browser', async () => {
    const { url } = await openDemo()
    await openDesk(await enter(chromium, url, 'Root', 'admin'))
    const guest = await chromium.open(entrance(url))
    await press(guest, 'Continue as guest')
    await goTo(guest, 'Tickets')
    await openTicket(guest, 'Opening hours')
    const ann = await openTab(guest, url)
    await choose(ann, 'Ann Keller')
    await goTo(ann, 'Tickets')
    await sees(ann, 'No ticket selected')
    expect(await ticketsOf(ann)).toBe(0)
    await guest.page.reload()
    await expect.poll(() => ticketsOf(guest), patience).toBe(1)
  })
})
