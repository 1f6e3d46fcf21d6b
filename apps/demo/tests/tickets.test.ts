import { describeInChromium, openV2Page, untilV2Page } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, goTo, openDemo, press, reads, say, sees } from './support/demo.ts'
import { openDesk, openTicket, untilTakingTickets } from './support/desk.ts'

describeInChromium('a support ticket', (chromium) => {
  it('appears at the agent without a reload, is talked about and closed, and the customer sees it', async () => {
    const { url } = await openDemo()
    const admin = await enter(chromium, url, 'Root', 'admin')
    await openDesk(admin)
    const [ann, meg] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Meg', 'agent')]
    for (const one of [ann, meg]) await goTo(one, 'Tickets')

    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open?')
    await meg.page.getByRole('link', { name: /Ann/ }).click()
    await reads(meg, 'When do you open?')
    await say(meg, 'At nine')
    await reads(ann, 'When do you open?', 'At nine')

    await press(meg, 'Close ticket')
    for (const one of [ann, meg]) {
      await sees(one, /ticket (is|was) closed/i)
      await one.page.getByRole('textbox', { name: 'Message', exact: true }).waitFor({ state: 'detached' })
      expect(one.complaints).toEqual([])
    }
  })

  it('of a page of V2 comes to the same agent, who answers it', async () => {
    const { url } = await openDemo()
    const admin = await enter(chromium, url, 'Root', 'admin')
    await openDesk(admin)
    const [vera, meg] = [await openV2Page(chromium, url), await enter(chromium, url, 'Meg', 'agent')]
    await goTo(meg, 'Tickets')
    // V2 says who has a ticket once: as it is made.
    await untilTakingTickets(meg)
    await vera.page.evaluate(() => window.v2.openTicket('opening hours'))
    await untilV2Page(vera, { ticket: { line_manager: 'meg' } })
    await vera.page.evaluate(() => window.v2.sayInTicket('Open on Sunday?'))
    await meg.page.getByRole('link', { name: /vera/i }).click()
    await reads(meg, 'Open on Sunday?')
    await say(meg, 'Never')
    await untilV2Page(vera, { ticketLines: ['Open on Sunday?', 'Never'] })
  })
})
