import { describeInChromium } from '@dowellchat/browser'
import { expect, inject, it } from 'vitest'
import { startProcess, temporaryFolder } from '../../../packages/server/tests/support/server-process.ts'
import { choose, entrance, goTo, openTab, reads, say } from './support/demo.ts'
import { openTicket } from './support/desk.ts'

describeInChromium('the first start', (chromium) => {
  it('[DM4] has a talk to read, and lets a customer open a ticket that an agent answers', async () => {
    const { url } = await startProcess({
      env: { PORT: '0', DATA_DIR: temporaryFolder() },
      args: ['--demo', '--pages', inject('demoPages')],
    })
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    await reads(ann, 'Yes please, the small one.')
    await goTo(ann, 'Tickets')
    await openTicket(ann, 'Returns')
    await say(ann, 'Can I send the bag back?')

    const meg = await openTab(ann, url)
    await choose(meg, 'Meg Ortiz')
    await goTo(meg, 'Tickets')
    await meg.page.getByRole('radio', { name: 'All', exact: true }).check()
    const listed = meg.page.getByRole('list', { name: 'Open tickets' }).getByRole('link')
    await listed.filter({ hasText: 'Ann Keller' }).click()
    await reads(meg, 'Can I send the bag back?')
    await say(meg, 'Of course, within 30 days.')
    await reads(ann, 'Can I send the bag back?', 'Of course, within 30 days.')
    await listed.filter({ hasText: 'Ben Okafor' }).click()
    await reads(meg, 'My parcel was due on Monday. Can you see where it is?')
    expect(ann.complaints).toEqual([])
  })
})
