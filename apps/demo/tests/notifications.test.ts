import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
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
  say,
  sees,
} from './support/demo.ts'
import { roomOf } from './support/messages.ts'
import { picture } from './support/pictures.ts'
import {
  clear,
  click,
  deliver,
  hasShown,
  lookAway,
  notes,
  openedWindows,
  openPushScene,
  show,
} from './support/push.ts'

/** Runs in the page: counts the sounds that it plays. */
function countSounds(): void {
  const { start } = OscillatorNode.prototype
  const page = globalThis as { sounds?: number }
  OscillatorNode.prototype.start = function (...at) {
    page.sounds = (page.sounds ?? 0) + 1
    start.apply(this, at)
  }
}

/** Runs in the page: it plays nothing before it is released, as where nobody has used it yet. */
function playLate(): void {
  let state = 'suspended'
  const used = new Promise<void>((resolve) =>
    Object.assign(globalThis, {
      use: () => {
        state = 'running'
        resolve()
      },
    }),
  )
  AudioContext.prototype.resume = () => used
  Object.defineProperty(AudioContext.prototype, 'state', { get: () => state })
}

/** Runs in the page: lets its first notification wait until it is released. */
function showLate(): void {
  const { prototype } = ServiceWorkerRegistration
  const { showNotification } = prototype
  prototype.showNotification = async function (...given) {
    prototype.showNotification = showNotification
    await new Promise((resolve) => Object.assign(globalThis, { release: resolve }))
    return showNotification.apply(this, given)
  }
}

/** Runs in the page: lets it hear what its service worker asks after a while, and counts what it has answered. */
function answerLate(afterMs: number): void {
  const page = globalThis as { answers?: number }
  navigator.serviceWorker.addEventListener('message', (event) => {
    if (!event.isTrusted) return
    event.stopImmediatePropagation()
    setTimeout(() => {
      const { data, ports } = event
      navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }))
      page.answers = (page.answers ?? 0) + 1
    }, afterMs)
  })
}

describeInChromium(
  'the demo as an installed page',
  (chromium) => {
    it('[DF6] rings for a missed call and for messages while it is closed, and opens what is clicked', async () => {
      const { server, pushed, browsersOf, enter: enterAs } = await openPushScene()
      const { url } = server
      const ann = await enterAs(chromium, 'Ann Keller')
      const address = ann.page.url().replace(/#.*/, '')
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
      // Where an installed page is, which its service worker knows from it should it be too busy to answer.
      await ann.page.goto(address)
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
      await lookAway(ann)
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

    it('[DF6] stays on for somebody while others use the same browser, and ends where one of them enters in their place', async () => {
      const { url } = await openDemo()
      const ben = await chromium.open(entrance(url), { permissions: ['notifications'] })
      await choose(ben, 'Ben Okafor')
      const ann = await openTab(ben, url)
      await choose(ann, 'Ann Keller')
      await press(ann, 'Your status and settings')
      const setting = ann.page.getByRole('switch', { name: 'Notifications on this device' })
      await setting.check()
      await sees(ann, /pushes nothing to closed ones/)
      const meg = await openTab(ben, url)
      await choose(meg, 'Meg Ortiz')
      await isNamed(meg, 'Meg Ortiz')
      await press(meg, 'Your status and settings')
      const others = meg.page.getByRole('switch', { name: 'Notifications on this device' })
      await others.waitFor()
      expect(await others.isChecked()).toBe(false)
      expect(await setting.isChecked()).toBe(true)

      await ann.page.keyboard.press('Escape')
      await press(ann, 'Leave')
      await choose(ann, 'Ruth Adler')
      await isNamed(ann, 'Ruth Adler')
      await press(ann, 'Leave')
      await choose(ann, 'Ann Keller')
      await press(ann, 'Your status and settings')
      await setting.waitFor()
      await expect.poll(() => setting.isChecked(), patience).toBe(false)
    })

    it('[DF6] takes back that somebody calls when the call ends before that is shown', async () => {
      const { url } = await openDemo()
      const ann = await chromium.open(`${url}?name=Ann&role=customer`, { permissions: ['notifications'] })
      await press(ann, 'Enter')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, /pushes nothing to closed ones/)
      await ann.page.keyboard.press('Escape')
      await ann.page.evaluate(showLate)
      await lookAway(ann)
      const ben = await enter(chromium, url, 'Ben')
      await goTo(ben, 'Calls')
      await fill(ben, 'Who to call', 'Ann')
      await press(ben, 'Call')
      await ann.page.waitForFunction(() => 'release' in globalThis)
      const card = ann.page.getByRole('button', { name: 'Decline' })
      await card.waitFor()
      await press(ben, 'Hang up')
      await card.waitFor({ state: 'detached' })
      await ann.page.evaluate(() => (globalThis as { release?: () => void }).release?.())
      await expect.poll(() => hasShown(ann), patience).toBe(true)
      await expect.poll(() => notes(ann), patience).toEqual([])
    })

    it('[DW12] says and plays nothing of somebody who is blocked, whose words are in no preview', async () => {
      const { url } = await openDemo()
      const ann = await chromium.open(`${url}?name=Ann&role=customer`, { permissions: ['notifications'] })
      await ann.page.addInitScript(countSounds)
      await ann.page.reload()
      await press(ann, 'Enter')
      await sees(ann, 'Say hello!')
      const [ben, cem] = [await enter(chromium, url, 'Ben'), await enter(chromium, url, 'Cem')]
      await say(ben, 'Hello')
      await reads(ann, 'Hello')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, /pushes nothing to closed ones/)
      await ann.page.keyboard.press('Escape')
      await press(ann, 'Write to Ben')
      await press(ann, 'More about Ben')
      await ann.page.getByRole('menuitem', { name: 'Block', exact: true }).click()
      await ann.page.locator('[data-announcer]').getByText('Ben is blocked').waitFor()
      await fill(ann, 'Room name', 'kitchen')
      await press(ann, 'Join')
      await lookAway(ann)
      // A conversation is left a second or two after it was closed.
      await ann.page.waitForTimeout(3_000)
      await say(ben, 'Buy my watches')
      await roomOf(ann, 'lobby').getByText('Message of somebody you have blocked').waitFor()
      expect(await ann.page.getByText('Buy my watches').count()).toBe(0)
      const sounds = () => ann.page.evaluate(() => (globalThis as { sounds?: number }).sounds ?? 0)
      await say(cem, 'Please do not')
      await expect
        .poll(() => notes(ann), patience)
        .toEqual([{ title: 'Cem in lobby', body: 'Please do not', data: '/chat/lobby' }])
      // One sound is two of them: there was none for Ben's message, which came before.
      await expect.poll(sounds, patience).toBe(2)
    })

    it('[DW5] plays a sound for what is written in a room behind its thread on a narrow screen', async () => {
      const { url } = await openDemo()
      const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
      await ann.page.setViewportSize({ width: 390, height: 844 })
      await ann.page.evaluate(countSounds)
      await say(ben, 'Hello')
      await reads(ann, 'Hello')
      const sounds = () => ann.page.evaluate(() => (globalThis as { sounds?: number }).sounds ?? 0)
      expect(await sounds()).toBe(0)
      await ann.page.getByRole('article', { name: /^Ben, / }).focus()
      await ann.page.keyboard.press('t')
      await ann.page.getByRole('textbox', { name: 'Message in the thread' }).waitFor()
      await say(ben, 'Are you there?')
      await expect.poll(sounds, patience).toBe(2)
    })

    it('plays no sound later for what came before somebody has used the page', async () => {
      const { url } = await openDemo()
      const ann = await chromium.open(`${url}?name=Ann&role=customer`)
      for (const script of [countSounds, playLate]) await ann.page.addInitScript(script)
      await ann.page.reload()
      await press(ann, 'Enter')
      await sees(ann, 'Say hello!')
      await fill(ann, 'Room name', 'kitchen')
      await press(ann, 'Join')
      const ben = await enter(chromium, url, 'Ben')
      const sounds = () => ann.page.evaluate(() => (globalThis as { sounds?: number }).sounds ?? 0)
      for (const n of [1, 2, 3]) {
        await say(ben, `news ${n}`)
        await roomOf(ann, 'lobby').getByText(`news ${n}`).waitFor()
      }
      expect(await sounds()).toBe(0)
      await ann.page.evaluate(() => (globalThis as { use?: () => void }).use?.())
      await say(ben, 'news 4')
      await expect.poll(sounds, patience).toBeGreaterThan(0)
      // That of the third message was only just asked for.
      expect(await sounds()).toBeLessThanOrEqual(4)
    })

    it('[DF6] a click finds the page of whom it is for, and opens one where there is none', async () => {
      const { server, enter: enterAs } = await openPushScene()
      const { url } = server
      const ann = await enterAs(chromium, 'Ann Keller')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, 'Also while this page is closed.')
      await ann.page.keyboard.press('Escape')
      // Pages of the same address that are nobody's.
      const [shop, nobody] = [await openTab(ann, new URL('/shop.html', url).href), await openTab(ann, url)]
      await shop.page.goto(new URL('/shop.html', url).href)
      await nobody.page.bringToFront()
      await show(ann, '/calls/ben-okafor')
      const opened = await openedWindows(ann)
      await click(ann)
      await expect.poll(() => ann.page.evaluate(() => location.hash), patience).toBe('#/calls/ben-okafor')
      expect(await opened()).toEqual([])

      // One that is asleep does not answer.
      await ann.page.addInitScript(() =>
        navigator.serviceWorker.addEventListener('message', (event) => event.stopImmediatePropagation()),
      )
      await ann.page.reload()
      await ann.page.getByRole('button', { name: 'Your status and settings' }).waitFor()
      await show(ann, '/calls/cem-yilmaz')
      await click(ann)
      await expect.poll(() => ann.page.evaluate(() => location.hash), patience).toBe('#/calls/cem-yilmaz')
      expect(await opened()).toEqual([])

      // A page that is not theirs keeps nothing from being shown.
      await ann.page.goto('about:blank')
      const missed = {
        kind: 'call',
        title: 'Ben Okafor',
        body: 'Missed call',
        tag: 'call',
        caller: 'ben-okafor',
      }
      await deliver(nobody, new URL(url).origin, JSON.stringify(missed))
      await expect.poll(async () => (await notes(ann)).length, patience).toBe(1)
      await click(ann)
      await expect.poll(opened, patience).toEqual(['/?name=Ann+Keller&role=customer#/calls/ben-okafor'])
    })

    it('[DF6] shows nothing while somebody looks at their page, also when that is slow to answer', async () => {
      const { server, enter: enterAs } = await openPushScene()
      const { origin } = new URL(server.url)
      const ann = await enterAs(chromium, 'Ann Keller')
      await press(ann, 'Your status and settings')
      await ann.page.getByRole('switch', { name: 'Notifications on this device' }).check()
      await sees(ann, 'Also while this page is closed.')
      await ann.page.addInitScript(answerLate, 1_000)
      const renewed = ann.page.waitForResponse(/\/push\/subscriptions$/)
      await ann.page.reload()
      await renewed
      await ann.page.bringToFront()
      const missed = {
        ...{ kind: 'call', title: 'Ben Okafor', body: 'Missed call', tag: 'call' },
        caller: 'ben-okafor',
      }
      const answers = () => ann.page.evaluate(() => (globalThis as { answers?: number }).answers ?? 0)
      const shown = async () => {
        await clear(ann)
        const before = await answers()
        await deliver(ann, origin, JSON.stringify(missed))
        await expect.poll(answers, patience).toBeGreaterThan(before)
        // One that is shown because the page has not answered in time is there by then.
        await ann.page.waitForTimeout(500)
        return notes(ann)
      }
      // Again where the machine itself is too slow; were it shown, it would be each time.
      let last = await shown()
      for (let tries = 1; tries < 3 && last.length > 0; tries++) last = await shown()
      expect(last).toEqual([])
      // So that it is sure that they would be shown.
      await ann.page.goto('about:blank')
      await deliver(ann, origin, JSON.stringify(missed))
      await expect.poll(async () => (await notes(ann)).length, patience).toBe(1)
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
