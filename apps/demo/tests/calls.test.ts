import {
  describeInChromium,
  openLink,
  openV2Page,
  patience,
  untilReceiving,
  untilReleased,
  untilStill,
  untilV2Page,
} from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import {
  choose,
  enter,
  fill,
  goTo,
  openDemo,
  type Person,
  press,
  reads,
  say,
  secondsOn,
  sees,
  untilUpgraded,
} from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'
import { picture } from './support/pictures.ts'

async function call(caller: Person, name: string): Promise<void> {
  await goTo(caller, 'Calls')
  await fill(caller, 'Who to call', name)
  await press(caller, 'Call')
}

/** Somebody calls, and hangs up before it is answered. */
async function missCall(caller: Person, { page }: Person): Promise<void> {
  await call(caller, 'ben')
  const ringing = page.getByRole('dialog', { name: 'Ann is calling' })
  await ringing.waitFor()
  await press(caller, 'Hang up')
  await ringing.waitFor({ state: 'detached' })
}

/** The calls of the past, as somebody's page shows them. */
function pastCalls({ page }: Person): Promise<string[]> {
  return page.getByRole('region', { name: 'Recent calls' }).getByRole('listitem').allInnerTexts()
}

/** How long a call was, in words: of a second, or of more than a minute on a busy machine. */
const lasted = '(\\d+ (minute|second)s? ?)+'

/** Begins to count the tones that a page plays. */
function countTones({ page }: Person): Promise<void> {
  return page.evaluate(() => {
    const { createOscillator } = AudioContext.prototype
    Object.assign(window, { tones: 0 })
    AudioContext.prototype.createOscillator = function () {
      ;(window as WithTones).tones += 1
      return createOscillator.call(this)
    }
  })
}

type WithTones = typeof window & { tones: number }
const tones = ({ page }: Person): Promise<number> => page.evaluate(() => (window as WithTones).tones)

/** Whether the browser asks before it reloads a page, within a time; the answer is to stay. */
async function asksBeforeReload({ page }: Person, { timeout }: { timeout: number }): Promise<boolean> {
  const asked = page.waitForEvent('dialog', { timeout }).then(
    async (dialog) => {
      await dialog.dismiss()
      return dialog.type() === 'beforeunload'
    },
    () => false,
  )
  // A reload takes the page away from whoever has asked for it.
  await page.evaluate(() => setTimeout(() => location.reload())).catch(() => undefined)
  return asked
}

describeInChromium('a call', (chromium) => {
  it.each(['caller', 'callee'])('carries sound and picture both ways until the %s hangs up', async (who) => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    await press(who === 'caller' ? ann : ben, 'Hang up')
    for (const one of [ann, ben]) {
      await untilReleased(one)
      await sees(one, /Call ended|hung up/i)
      expect(one.complaints).toEqual([])
    }
  })

  it('shares a screen beside the camera, until it is stopped', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames')
    const screen = ben.page.getByLabel("Ann's screen")
    for (let times = 0; times < 2; times++) {
      await press(ann, 'Share screen')
      await sees(ann, 'You are sharing your screen')
      await screen.waitFor()
      await ben.page.getByLabel("Ann's camera").waitFor()
      await expect
        .poll(() => screen.evaluate((video) => (video as HTMLVideoElement).videoWidth), patience)
        .toBeGreaterThan(0)
      await press(ann, 'Stop sharing')
      await screen.waitFor({ state: 'detached' })
    }
    await press(ben, 'Hang up')
    for (const one of [ann, ben]) await untilReleased(one)
    expect(ann.complaints).toEqual([])
  })

  it('can be answered while a dialog is open, which keeps what is typed in it', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann', 'agent'), await enter(chromium, url, 'Ben')]
    await press(ann, 'Your status and settings')
    await fill(ann, 'Your status', 'Back at 3')
    await call(ben, 'ann')
    await press(ann, 'Decline')
    await sees(ben, /declined/)
    const status = ann.page.getByRole('textbox', { name: 'Your status', exact: true })
    expect(await status.inputValue()).toBe('Back at 3')
    await call(ben, 'ann')
    await ann.page.getByRole('dialog', { name: 'Ben is calling' }).waitFor()
    await ann.page.getByRole('button', { name: 'Close', exact: true }).click()
    await status.waitFor({ state: 'detached' })
    await press(ann, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'energy')
    expect(ann.complaints).toEqual([])
  })

  it('ends on both sides when it is declined', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Decline')
    await sees(ann, /declined/i)
    await ben.page.getByRole('button', { name: 'Decline' }).waitFor({ state: 'detached' })
    for (const one of [ann, ben]) await untilReleased(one)
  })

  it('leaves who declines it while the browser asks for devices where they are', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await ben.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => new Promise(() => undefined)
    })
    await say(ben, 'I was about to say')
    await call(ann, 'ben')
    await press(ben, 'Accept')
    await ben.page.getByRole('button', { name: 'Accept', exact: true, disabled: true }).waitFor()
    await press(ben, 'Decline')
    await sees(ann, 'Ben declined')
    await ben.page.getByRole('button', { name: 'Decline' }).waitFor({ state: 'detached' })
    await reads(ben, 'I was about to say')
  })

  it('goes to a page of V2 and comes from one', async () => {
    const { url } = await openDemo()
    const [ann, vera] = [await enter(chromium, url, 'Ann'), await openV2Page(chromium, url)]
    await call(ann, (await vera.page.evaluate(() => window.v2.id)) ?? '')
    await untilV2Page(vera, { call: { name: 'Ann' } })
    await vera.page.evaluate(() => window.v2.answerCall())
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await press(ann, 'Hang up')
    await untilV2Page(vera, { ended: true })
    for (const one of [ann, vera]) await untilReleased(one)

    await vera.page.evaluate(() => window.v2.callUser('ann'))
    await press(ann, 'Accept')
    for (const one of [ann, vera]) await untilReceiving(one, 'frames', 'energy')
    await vera.page.evaluate(() => window.v2.leaveCall())
    await sees(ann, /Call ended|hung up/i)
    for (const one of [ann, vera]) await untilReleased(one)
  })

  it('says on both sides who ended it and how long it was, and keeps it with those that were missed', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await goTo(ben, 'Calls')
    await call(ann, 'ben')
    await ben.page.getByRole('dialog', { name: 'Ann is calling' }).waitFor()
    await press(ann, 'Hang up')
    await sees(ann, 'You hung up before Ben answered')
    await ben.page.getByRole('dialog', { name: 'Ann is calling' }).waitFor({ state: 'detached' })
    await expect.poll(() => pastCalls(ben), patience).toEqual([expect.stringMatching(/Ann\s+Missed · Video/)])

    await press(ben, 'Call Ann back')
    await press(ann, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    await ann.page.getByText(secondsOn).waitFor()
    await press(ann, 'Hang up')
    await sees(ann, new RegExp(`^You ended the call after ${lasted}$`))
    await sees(ben, new RegExp(`^Ann ended the call after ${lasted}$`))
    const talk = new RegExp(`Video · ${lasted}`)
    await expect
      .poll(() => pastCalls(ann), patience)
      .toEqual([expect.stringMatching(/Ben\s+Incoming/), expect.stringMatching(/Ben\s+Outgoing.*Cancelled/)])
    await expect
      .poll(() => pastCalls(ben), patience)
      .toEqual([expect.stringMatching(/Ann\s+Outgoing/), expect.stringMatching(/Ann\s+Missed/)])
    for (const one of [ann, ben]) expect((await pastCalls(one))[0]).toMatch(talk)
    await ben.page.getByRole('radio', { name: 'Missed' }).check()
    await expect.poll(() => pastCalls(ben), patience).toEqual([expect.stringMatching(/Missed · Video/)])
  })

  it('sounds while it rings, here and there, and no longer', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    for (const one of [ann, ben]) await countTones(one)
    await call(ann, 'ben')
    for (const one of [ann, ben]) await expect.poll(() => tones(one), patience).toBeGreaterThan(2)
    await press(ben, 'Decline')
    await sees(ann, 'Ben declined')
    // It rings until the server has answered.
    await ben.page.getByRole('button', { name: 'Decline' }).waitFor({ state: 'detached' })
    const before = [await tones(ann), await tones(ben)]
    await ann.page.waitForTimeout(4_000)
    expect([await tones(ann), await tones(ben)]).toEqual(before)
  })

  it('goes on while the server is away, and says so when sound and picture are interrupted', async () => {
    const { url } = await openDemo({ limits: { callGraceMs: 120_000 } })
    const link = await openLink(url)
    const [ann, ben] = [await enter(chromium, link.url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    const view = ann.page.getByRole('region', { name: 'Call with Ben' })
    link.cut()
    await sees(ann, /Reconnecting automatically/)
    await untilReceiving(ann, 'frames', 'energy')
    // Those of a busy machine lose each other for a moment.
    await view.getByText('In a call').waitFor(patience)
    await expect.poll(() => view.getByText(/Reconnecting|interrupted/).count(), patience).toBe(0)
    link.mend()
    await sees(ann, 'Connected')
    await untilReceiving(ann, 'frames', 'energy')

    await ann.page.evaluate(() => window.watched.breakConnection())
    await view.getByText('Reconnecting…').waitFor()
    await view.getByText('The connection to Ben is interrupted.').waitFor()
    expect(await view.getByLabel("Ben's camera").count()).toBe(1)
    await press(ann, 'Hang up')
    await sees(ann, /^You ended the call after/)
  })

  it('asks before a reload, and comes back from one', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames')
    await ann.page.getByRole('button', { name: 'Microphone', exact: true, pressed: true }).click()
    expect(await asksBeforeReload(ann, patience)).toBe(true)
    await untilReceiving(ann, 'frames')

    ann.page.once('dialog', (dialog) => void dialog.accept())
    await ann.page.reload()
    const view = ann.page.getByRole('region', { name: 'Call with Ben' })
    await view.getByText('In a call').waitFor(patience)
    for (const one of [ann, ben]) await untilReceiving(one, 'frames')
    await ann.page.getByRole('button', { name: 'Microphone', exact: true, pressed: false }).waitFor()
    await sees(ben, 'Microphone is off')
    await press(ben, 'Hang up')
    await sees(ann, /^Ben ended the call after/)
    for (const one of [ann, ben]) {
      await untilReleased(one)
      expect(one.complaints).toEqual([])
    }
  })

  it('can be put on hold, which both see', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    await press(ann, 'Hold')
    await sees(ann, 'You have put Ben on hold')
    await sees(ben, 'Ann has put you on hold')
    for (const one of [ann, ben]) {
      await sees(one, /^On hold/)
      await untilStill(one, 'frames', 'energy')
      await expectAccessible(one, 'a call on hold')
    }
    await picture(ann, 'call-hold')
    await picture(ben, 'call-held')
    await press(ann, 'Hold')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames', 'energy')
    await press(ann, 'Hang up')
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('is ended by answering another', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    const meg = await enter(chromium, url, 'Meg')
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await untilReceiving(one, 'frames')

    await goTo(meg, 'Calls')
    await fill(meg, 'Who to call', 'Ann')
    await press(meg, 'Call without video')
    await sees(ann, 'Accepting ends your call with Ben.')
    await ann.page.getByRole('button', { name: 'Accept with video' }).waitFor()
    await press(ann, 'End call and accept')
    await ann.page.getByRole('region', { name: 'Call with Meg' }).waitFor()
    await sees(ben, /^Ann ended the call after/)
    await untilReceiving(meg, 'energy')
    await press(meg, 'Hang up')
    await sees(ann, /^Meg ended the call after/)
    expect(await asksBeforeReload(meg, { timeout: 5_000 })).toBe(false)
  })

  it('has the chat of the two beside it', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await call(ann, 'ben')
    await press(ben, 'Accept')
    for (const one of [ann, ben]) await press(one, 'Chat')
    await say(ann, 'Here is the address')
    for (const one of [ann, ben]) await reads(one, 'Here is the address')
    await press(ann, 'Hang up')
    await press(ben, 'Message')
    await reads(ben, 'Here is the address')
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('counts missed calls in the navigation until their list is opened, after a reload, and for each person', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await missCall(ann, ben)
    await ben.page.getByRole('link', { name: 'Calls, 1 missed', exact: true }).waitFor(patience)
    await missCall(ann, ben)
    const two = ben.page.getByRole('link', { name: 'Calls, 2 missed', exact: true })
    await two.waitFor(patience)
    await picture(ben, 'missed-calls')
    await expectAccessible(ben, 'missed calls in the navigation')
    await ben.page.reload()
    await two.waitFor(patience)

    const none = ben.page.getByRole('link', { name: 'Calls', exact: true })
    await goTo(ben, 'Calls')
    await none.waitFor(patience)
    await missCall(ann, ben)
    await expect.poll(async () => (await pastCalls(ben)).length, patience).toBe(3)
    await goTo(ben, 'Chat')
    const upgraded = untilUpgraded(ben)
    await ben.page.reload()
    await sees(ben, 'Connected')
    await upgraded
    await expect.poll(() => none.count(), patience).toBe(1)

    // Another person in the same browser has missed none; one who comes back finds what came meanwhile.
    await press(ben, 'Leave')
    await choose(ben, 'Meg Ortiz')
    await sees(ben, 'Connected')
    await call(ann, 'ben')
    await sees(ann, /Ben cannot be reached|The connection to Ben was lost/)
    expect(await none.count()).toBe(1)
    await press(ben, 'Leave')
    await ben.page.goto(new URL('/?name=Ben', url).href)
    await press(ben, 'Enter')
    await ben.page.getByRole('link', { name: 'Calls, 1 missed', exact: true }).waitFor(patience)
    expect(ben.complaints).toEqual([])
  })

  it('from a ticket has its conversation beside it, for the customer and the agent, and can be called back about it', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    const [ann, meg] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Meg', 'agent')]
    for (const one of [ann, meg]) await goTo(one, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open?')
    await meg.page.getByRole('link', { name: /^Ann/ }).click()
    await meg.page.getByRole('link', { name: 'Call Ann', exact: true }).click()
    await sees(meg, 'This call is about the ticket.')
    await picture(meg, 'call-about-ticket')
    await press(meg, 'Call')
    await sees(ann, 'About a ticket')
    await press(ann, 'Accept')
    for (const one of [ann, meg]) {
      await untilReceiving(one, 'frames')
      await press(one, 'Chat')
      await one.page.getByRole('complementary', { name: 'Chat about the ticket' }).waitFor()
      await reads(one, 'When do you open?')
    }
    await say(meg, 'At nine')
    await reads(ann, 'When do you open?', 'At nine')
    await say(ann, 'Thank you')
    await reads(meg, 'At nine', 'Thank you')
    await picture(meg, 'call-ticket-agent')
    await picture(ann, 'call-ticket-customer')
    await expectAccessible(meg, 'a call with the conversation of its ticket')

    await press(meg, 'Hang up')
    await sees(ann, new RegExp(`^Meg ended the call after ${lasted}$`))
    await sees(meg, new RegExp(`^You ended the call after ${lasted}$`))
    await picture(ann, 'call-back')
    await press(ann, 'Call back')
    await sees(meg, 'About a ticket')
    await press(meg, 'Decline')
    await sees(ann, 'Meg declined')
    await press(ann, 'Call Meg again')
    await sees(meg, 'About a ticket')
    await press(ann, 'Hang up')
    await goTo(ann, 'Tickets')
    await ann.page.getByRole('link', { name: 'Opening hours' }).click()
    await ann.page.getByRole('link', { name: 'Call Meg', exact: true }).click()
    await sees(ann, 'This call is about the ticket.')
    for (const one of [ann, meg]) expect(one.complaints).toEqual([])
  })

  it('to a room is with whoever answers it: their name, their chat, and who ended it', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann', 'agent'), await enter(chromium, url, 'Ben')]
    const cat = await enter(chromium, url, 'Cat')
    const call = { name: 'Call lobby', exact: true }
    // All are in the room, of which the page shows most before.
    for (const one of [ann, ben, cat]) await one.page.getByRole('button', { name: '3 here' }).waitFor()
    await ann.page.getByRole('link', call).click()
    expect(await ben.page.getByRole('link', call).count()).toBe(0)
    await press(ann, 'Call without video')
    const ringing = cat.page.getByRole('dialog', { name: 'Ann is calling' })
    await ringing.waitFor()
    await press(ben, 'Accept')
    await ann.page.getByRole('region', { name: 'Call with Ben' }).waitFor(patience)
    await ringing.waitFor({ state: 'detached' })
    await goTo(cat, 'Calls')
    await expect
      .poll(() => pastCalls(cat), patience)
      .toEqual([expect.stringMatching(/Incoming · Audio · Answered by Ben/)])
    await untilReceiving(ann, 'energy')
    for (const one of [ann, ben]) await press(one, 'Chat')
    await say(ann, 'Between the two of us')
    await reads(ben, 'Between the two of us')
    await press(ben, 'Hang up')
    await sees(ann, /^Ben ended the call after/)
    await press(ben, 'Call back')
    await press(ann, 'Accept')
    await untilReceiving(ben, 'energy')
    await press(ann, 'Hang up')
    await sees(ben, /^Ann ended the call after/)
    await sees(ben, 'Call again')
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })
})
