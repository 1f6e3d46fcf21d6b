import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  choose,
  enter,
  entrance,
  fill,
  goTo,
  isNamed,
  openDemo,
  openTab,
  press,
  reads,
  rooms,
  say,
  sees,
} from './support/demo.ts'

describeInChromium('people', (chromium) => {
  it('[DM7] are chosen with one click, and two tabs of one browser are two people who can talk', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    const meg = await openTab(ann, url)
    await choose(meg, 'Meg Ortiz')
    for (const one of [ann, meg]) await one.page.getByText('Connected').waitFor({ timeout: patience.timeout })
    await isNamed(ann, 'Ann Keller')
    await isNamed(meg, 'Meg Ortiz')
    await say(ann, 'Hello Meg')
    await reads(meg, 'Hello Meg')
    await meg.page.getByRole('link', { name: 'Ann Keller', exact: true }).waitFor()
    await say(meg, 'Hello Ann')
    await reads(ann, 'Hello Meg', 'Hello Ann')

    for (const one of [ann, meg]) await one.page.reload()
    await isNamed(ann, 'Ann Keller')
    await isNamed(meg, 'Meg Ortiz')
    await reads(ann, 'Hello Meg', 'Hello Ann')
    expect(ann.complaints).toEqual([])
  })

  it('[DM7] have rooms of their own, in the same browser too', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    // A room that is left before there is a connection was never joined.
    await expect.poll(() => rooms(ann), patience).toEqual(['lobby'])
    await fill(ann, 'Room name', 'garden')
    await press(ann, 'Join')
    await ann.page.getByRole('heading', { name: 'garden' }).waitFor()
    await expect.poll(async () => (await rooms(ann)).sort(), patience).toEqual(['garden', 'lobby'])
    const ben = await openTab(ann, url)
    await choose(ben, 'Ben Okafor')
    await expect.poll(() => rooms(ben), patience).toEqual(['lobby'])
    await press(ann, 'Leave')
    await choose(ann, 'Ann Keller')
    await expect.poll(async () => (await rooms(ann)).sort(), patience).toEqual(['garden', 'lobby'])
  })

  it('[DM7] are not led to where somebody else was before them in their tab', async () => {
    const { url } = await openDemo()
    const tab = await chromium.open(entrance(url))
    await choose(tab, 'Ann Keller')
    await fill(tab, 'Room name', 'garden')
    await press(tab, 'Join')
    await tab.page.getByRole('heading', { name: 'garden' }).waitFor()
    await expect.poll(() => tab.page.title(), patience).toBe('garden · dowellchat')
    await press(tab, 'Leave')
    await choose(tab, 'Ben Okafor')
    await tab.page.getByRole('heading', { name: 'lobby' }).waitFor()
    await expect.poll(() => rooms(tab), patience).toEqual(['lobby'])
    for (const page of ['Tickets', 'Chat'] as const) {
      await goTo(tab, page)
      const name = page === 'Chat' ? 'lobby' : page
      await expect.poll(() => tab.page.title(), patience).toBe(`${name} · dowellchat`)
    }
  })

  it('[DM7] see the pages that their role may use', async () => {
    const { url } = await openDemo()
    const pagesOf = async (name: string) => {
      const person = await chromium.open(entrance(url))
      await choose(person, name)
      await person.page.getByText('Connected').waitFor({ timeout: patience.timeout })
      return person.page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts()
    }
    expect(await pagesOf('Ann Keller')).toEqual(['Chat', 'Calls', 'Tickets'])
    expect(await pagesOf('Ruth Adler')).toEqual(['Chat', 'Calls', 'Tickets', 'Board', 'Reports', 'Admin'])
    const ben = await enter(chromium, url, 'Ben')
    await ben.page.goto(`${url}/#/admin`)
    await sees(ben, 'This page is for admins')
  })

  it('[DM8] reads why it gets no further where the server does not let it in, and can enter as somebody else', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await ann.page.route('**/demo/token', (route) => route.fulfill({ json: { token: 'not.a.token' } }))
    await choose(ann, 'Ann Keller')
    await sees(ann, 'The server did not let you in')
    await press(ann, 'Enter as somebody else')
    await sees(ann, 'Who are you?')
    await ann.page.unroute('**/demo/token')
    await choose(ann, 'Ben Okafor')
    await isNamed(ann, 'Ben Okafor')
    await ann.page.getByText('Connected').waitFor({ timeout: patience.timeout })
  })

  it('[DM8] keeps trying while the server gives no token', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await ann.page.route('**/demo/token', (route) => route.fulfill({ status: 500, body: 'no' }))
    await choose(ann, 'Ann Keller')
    await sees(ann, /Reconnecting automatically/)
    await ann.page.unroute('**/demo/token')
    await ann.page.getByText('Connected').waitFor({ timeout: patience.timeout })
    await goTo(ann, 'Tickets')
    await sees(ann, 'Your tickets')
  })
})
