import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, entrance, fill, goTo, openDemo, press, reads, say, sees } from './support/demo.ts'
import { picture } from './support/pictures.ts'
import { click, deliver, notes, openPushScene } from './support/push.ts'

describeInChromium(
  'the demo as an installed page',
  (chromium) => {
    it('[DF6] rings for a missed call and for messages while it is closed, and opens what is clicked', async () => {
      const { server, pushed, browsersOf, enter: enterAs } = await openPushScene()
      const { url } = server
      const ann = await enterAs(chromium, 'Ann Keller')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, 'Also while this page is closed.')
      expect(await browsersOf('ann-keller')).toBe(1)
      await expectAccessible(ann, 'the settings with notifications')
      await picture(ann, 'settings-notifications')

      await ann.page.goto('about:blank')
      const ben = await enter(chromium, url, 'Ben Okafor')
      await goTo(ben, 'Calls')
      await fill(ben, 'Who to call', 'Ann Keller')
      await press(ben, 'Call')
      await expect.poll(() => pushed.length, patience).toBe(1)
      await deliver(ann, new URL(url).origin, pushed[0]?.payload ?? '')
      await expect
        .poll(() => notes(ann), patience)
        .toEqual([{ title: 'Ben Okafor', body: 'Missed call', data: '/calls/ben-okafor' }])

      // The page renews what is kept of its browser once it listens to its service worker.
      const renewed = ann.page.waitForResponse(/\/push\/subscriptions$/)
      await ann.page.goto(url)
      await renewed
      await click(ann)
      await expect.poll(() => ann.page.evaluate(() => location.hash), patience).toBe('#/calls/ben-okafor')

      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).uncheck()
      await expect.poll(() => browsersOf('ann-keller'), patience).toBe(0)
    })

    it('[DF6] shows what happens elsewhere while somebody looks away, also where nobody pushes', async () => {
      const { url } = await openDemo()
      const ann = await chromium.open(`${url}?name=Ann&role=customer`, { permissions: ['notifications'] })
      await press(ann, 'Enter')
      await sees(ann, 'Say hello!')
      await fill(ann, 'Room name', 'kitchen')
      await press(ann, 'Join')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, /pushes nothing to closed ones/)
      await ann.page.keyboard.press('Escape')
      await ann.page.evaluate(() => Object.assign(document, { hasFocus: () => false }))
      const ben = await enter(chromium, url, 'Ben')
      // A conversation is left a second or two after it was closed.
      await ann.page.waitForTimeout(3_000)
      await say(ben, 'Are you **there**?')
      await reads(ben, 'Are you there?')
      await expect
        .poll(() => notes(ann), patience)
        .toEqual([{ title: 'Ben in lobby', body: 'Are you there?', data: '/chat/lobby' }])
      await click(ann)
      await ann.page.getByRole('heading', { name: 'lobby' }).waitFor()
    })

    it('[DF6] can be installed, and says nothing that it cannot read', async () => {
      const { url } = await openDemo()
      const manifest = await (await fetch(new URL('/manifest.webmanifest', url))).json()
      for (const { src } of manifest.icons)
        expect((await fetch(new URL(src, url))).headers.get('content-type')).toMatch(/^image\//)
      const worker = await fetch(new URL('/sw.js', url))
      expect(worker.headers.get('cache-control')).toBe('no-cache')
      const ann = await chromium.open(entrance(url))
      const session = await ann.context.newCDPSession(ann.page)
      const { errors, installabilityErrors } = await Promise.all([
        session.send('Page.getAppManifest'),
        session.send('Page.getInstallabilityErrors'),
      ]).then(([{ errors }, { installabilityErrors }]) => ({ errors, installabilityErrors }))
      expect(errors).toEqual([])
      // A private window is not one from which pages are installed.
      expect(
        installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
      ).toEqual([])
    })
  },
  { isWhole: true },
)
