import { describeInChromium, openLink, untilReceiving } from '@dowellchat/browser'
import { expect, inject, it } from 'vitest'
import { startProcess, temporaryFolder } from '../../../packages/server/tests/support/server-process.ts'
import {
  choose,
  enter,
  entrance,
  fill,
  goTo,
  openDemo,
  press,
  reads,
  say,
  secondsOn,
  sees,
} from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'
import { openDemoWithFiles, pick, pictureFile } from './support/files.ts'
import { messageOf } from './support/messages.ts'
import { picture } from './support/pictures.ts'

const talk = [
  ['ann', 'Morning! Is the new release out?'],
  ['meg', 'Since nine. The notes are at https://example.com/notes'],
  ['ann', 'Great, I see it here too.'],
  ['meg', 'Tell me if anything looks odd on your side.'],
] as const

describeInChromium('pictures of the demo', (chromium) => {
  it('show who one is, and the chat', async () => {
    const { url } = await openDemo()
    const link = await openLink(url)
    await picture(await chromium.open(entrance(url)), 'who-am-i')
    const people = {
      ann: await enter(chromium, url, 'Ann Keller'),
      meg: await enter(chromium, link.url, 'Meg Ortiz'),
    }
    await picture(people.meg, 'chat-empty')
    for (const [who, text] of talk) {
      await say(people[who], text)
      await reads(people.meg, text)
    }
    await picture(people.meg, 'chat')
    link.cut()
    await sees(people.meg, /reconnecting automatically/i)
    await say(people.meg, 'Are you still there?')
    await picture(people.meg, 'chat-offline')
  })

  it('show a room with members, and a new one', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    await ann.page.getByRole('link', { name: 'New room', exact: true }).click()
    await ann.page.getByRole('checkbox', { name: 'Ben Okafor' }).check()
    await fill(ann, 'Name of the room', 'Summer party')
    await picture(ann, 'new-room')
    await press(ann, 'Create room')
    await ann.page.getByRole('heading', { name: 'Summer party' }).waitFor()
    await say(ann, 'Who brings the cake?')
    await ann.page.getByRole('button', { name: '2 members' }).click()
    await press(ann, 'Invite by link')
    await ann.page.getByRole('textbox', { name: 'Invite link' }).waitFor()
    await picture(ann, 'room-members')
    const guest = await chromium.open(entrance(url))
    await press(guest, 'Continue as guest')
    await sees(guest, 'Connected')
    await picture(guest, 'guest')
  })

  it('show the first start, and what people do with messages', async () => {
    const { url } = await startProcess({
      env: { PORT: '0', DATA_DIR: temporaryFolder() },
      args: ['--demo', '--pages', inject('demoPages')],
    })
    const meg = await chromium.open(entrance(url))
    await choose(meg, 'Meg Ortiz')
    await reads(meg, 'Yes please, the small one.')
    const ben = await chromium.open(entrance(url))
    await choose(ben, 'Ben Okafor')
    await reads(ben, 'Yes please, the small one.')
    await picture(ben, 'first-start')
    await say(meg, 'It is **put aside**:\n- green\n- small\n> until Friday')
    await ben.page.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('Thank you @me')
    await ben.page.getByRole('option').first().waitFor()
    await picture(ben, 'mention')
    await messageOf(meg, 'in green?').hover()
    await messageOf(meg, 'in green?')
      .getByRole('button', { name: /^More for/ })
      .click()
    await meg.page.getByRole('menu').waitFor()
    await picture(meg, 'message-menu')
    await meg.page.keyboard.press('Escape')
    // The list may still put its rows in their places after the picture, and a new row has nothing open.
    const openEmoji = async (): Promise<boolean> => {
      await messageOf(meg, 'in green?').hover()
      await messageOf(meg, 'in green?')
        .getByRole('button', { name: /^React to/ })
        .click({ timeout: 10_000 })
      const find = meg.page.getByRole('textbox', { name: 'Find an emoji' })
      return find.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      )
    }
    await expect.poll(openEmoji, { timeout: 60_000 }).toBe(true)
    await picture(meg, 'emoji')
    await meg.page.keyboard.press('Escape')
    await messageOf(ben, 'front page of the shop')
      .getByRole('button', { name: /in a thread/ })
      .click()
    await sees(ben, 'Found it, thank you!')
    await picture(ben, 'thread')
    await press(ben, 'Close thread')
    await messageOf(ben, 'put aside:').hover()
    await messageOf(ben, 'put aside:')
      .getByRole('button', { name: /^Reply to/ })
      .click()
    await picture(ben, 'reply')
    await press(meg, 'Your status and settings')
    await sees(meg, 'Others see you as')
    await picture(meg, 'settings')
    await meg.page.keyboard.press('Escape')
    await meg.page.getByRole('log').focus()
    await meg.page.keyboard.press('?')
    await sees(meg, 'In the message box')
    await picture(meg, 'help')
  })

  it('show files, before and after they are sent', async () => {
    const { url } = await openDemoWithFiles()
    const [ann, ben] = [await enter(chromium, url, 'Ann Keller'), await enter(chromium, url, 'Ben Okafor')]
    await pick(
      ann,
      await pictureFile(ann, 'garden.png'),
      await pictureFile(ann, 'tall.png', 'maroon', 200, 500),
    )
    await fill(ann, 'Message', 'The garden, and a corner of it')
    await press(ann, 'Send')
    await reads(ben, 'The garden, and a corner of it')
    await ben.page.getByRole('button', { name: 'Show tall.png' }).locator('img').waitFor()
    const report = {
      name: 'A rather long name of a report.pdf',
      mimeType: 'text/plain',
      buffer: Buffer.alloc(81_000, 'x'),
    }
    await pick(ben, report)
    await press(ben, 'Send')
    await ann.page.getByRole('button', { name: /^Save A rather long/ }).waitFor()
    await press(ben, 'Add files')
    await ben.page.getByRole('menuitem', { name: 'Record a sound' }).click()
    await ben.page.getByRole('group', { name: 'Recording a sound' }).getByText(secondsOn).waitFor()
    await picture(ben, 'files-recording')
    await press(ben, 'Keep the sound')
    await press(ben, 'Send')
    await ann.page.getByRole('button', { name: /^Play Sound/ }).waitFor()
    await pick(ann, await pictureFile(ann, 'next.png', 'navy'), { ...report, buffer: Buffer.alloc(0) })
    await press(ann, 'Add files')
    await picture(ann, 'files')
    await ann.page.keyboard.press('Escape')
    await ben.page.getByRole('button', { name: 'Show garden.png' }).click()
    await picture(ben, 'files-picture')
  })

  it('show a call', async () => {
    const { url } = await openDemo()
    const [ann, meg] = [await enter(chromium, url, 'Ann Keller'), await enter(chromium, url, 'Meg Ortiz')]
    await goTo(ann, 'Calls')
    await press(ann, 'Camera')
    await press(ann, 'Microphone')
    await ann.page.getByLabel('Your camera', { exact: true }).waitFor()
    await picture(ann, 'calls')
    await fill(ann, 'Who to call', 'Nobody')
    await press(ann, 'Call')
    await sees(ann, /cannot be reached right now/)
    await picture(ann, 'calls-nobody')
    await fill(ann, 'Who to call', 'Meg Ortiz')
    await press(ann, 'Call')
    await meg.page.getByRole('button', { name: 'Accept', exact: true }).waitFor()
    await picture(meg, 'call-incoming')
    await picture(ann, 'call-ringing')
    await press(ann, 'Hang up')
    await sees(ann, 'You hung up before Meg Ortiz answered')
    await press(ann, 'Call again')
    await press(meg, 'Accept')
    for (const one of [ann, meg]) await untilReceiving(one, 'frames')
    await sees(ann, /^Connection: /)
    await picture(ann, 'call')
    await press(meg, 'Share screen')
    await ann.page.getByLabel("Meg Ortiz's screen").waitFor()
    await picture(ann, 'call-screen')
    await picture(meg, 'call-sharing')
    await press(meg, 'Stop sharing')
    await press(ann, 'Chat')
    await say(ann, 'Here is the address: https://example.com')
    await reads(ann, 'Here is the address: https://example.com')
    await picture(ann, 'call-chat')
    await goTo(ann, 'Chat')
    await picture(ann, 'call-elsewhere')
    const ben = await enter(chromium, url, 'Ben Okafor')
    await goTo(ben, 'Calls')
    await fill(ben, 'Who to call', 'Meg Ortiz')
    await press(ben, 'Call without video')
    await sees(meg, 'Accepting ends your call with Ann Keller.')
    await picture(meg, 'call-second')
    await press(ben, 'Hang up')
    await ann.page.getByRole('link', { name: 'Return to call' }).click()
    await ann.page.evaluate(() => window.watched.breakConnection())
    await sees(ann, 'The connection to Meg Ortiz is interrupted.')
    await picture(ann, 'call-reconnecting')
    await press(ann, 'Hang up')
    await sees(ann, 'Call again')
    await sees(meg, /Missed · Audio/)
    await picture(ann, 'call-ended')
    await picture(meg, 'calls-history')
  })

  it('show tickets, from both sides, and the admin', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await goTo(root, 'Tickets')
    await picture(root, 'tickets-none')
    await openDesk(root)
    await picture(root, 'admin')
    const [ann, meg] = [await enter(chromium, url, 'Ann Keller'), await enter(chromium, url, 'Meg', 'agent')]
    for (const one of [ann, meg]) await goTo(one, 'Tickets')
    await picture(ann, 'tickets-customer')
    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open on Saturday?')
    await meg.page.getByRole('link', { name: /Ann Keller/ }).click()
    await say(meg, 'From ten to four.')
    await reads(ann, 'From ten to four.')
    await picture(meg, 'ticket-agent')
    await picture(ann, 'ticket-customer')
    await press(meg, 'Close ticket')
    await sees(ann, /ticket is closed/)
    await picture(ann, 'ticket-closed')
  })
})
