import { describeInChromium, untilReceiving } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import {
  enter,
  choose as enterAs,
  entrance,
  fill,
  goTo,
  openDemo,
  press,
  reads,
  say,
  sees,
} from './support/demo.ts'
import { openDesk, openTicket } from './support/desk.ts'
import { choose, messageOf } from './support/messages.ts'

const marked = '**bold** and `code`, see https://example.com\n> a quote\n- one\n- two\n```\nlet a = 1\n```'

describeInChromium('axe finds nothing', (chromium) => {
  it('[DW8] on the chat page, whatever is open', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await sees(ann, 'Who are you?')
    await expectAccessible(ann, 'the first page')
    await enterAs(ann, 'Ann Keller')
    const ben = await enter(chromium, url, 'Ben Okafor')
    await ann.page.getByText('No messages yet').first().waitFor()
    await expectAccessible(ann, 'an empty room')
    await say(ben, marked)
    await say(ben, 'Hi @Ann Keller')
    await reads(ann, 'Hi @Ann Keller')
    await say(ann, 'Hello')
    await expectAccessible(ann, 'messages')

    await messageOf(ann, 'Hi @Ann Keller').hover()
    await messageOf(ann, 'Hi @Ann Keller')
      .getByRole('button', { name: /^More for/ })
      .click()
    await ann.page.getByRole('menu').waitFor()
    await expectAccessible(ann, 'a message’s menu')
    await ann.page.keyboard.press('Escape')
    await messageOf(ann, 'Hi @Ann Keller')
      .getByRole('button', { name: /^React to/ })
      .click()
    await ann.page.getByRole('textbox', { name: 'Find an emoji' }).waitFor()
    await expectAccessible(ann, 'the emoji')
    await ann.page.keyboard.press('Escape')
    await choose(ann, 'Hi @Ann Keller', 'Reply')
    const composer = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    await composer.pressSequentially('@b')
    await ann.page.getByRole('option').first().waitFor()
    await expectAccessible(ann, 'an answer with suggestions')
    await composer.fill('')
    await composer.press('Escape')
    await choose(ann, 'Hello', 'Delete')
    await expectAccessible(ann, 'a question')
    await press(ann, 'Keep it')
    await choose(ann, 'Hi @Ann Keller', 'Reply in a thread')
    await ann.page.getByRole('complementary', { name: 'Thread' }).waitFor()
    await expectAccessible(ann, 'a thread')
    await press(ann, 'Close thread')

    await ann.page.getByRole('log').focus()
    await ann.page.keyboard.press('?')
    await ann.page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await expectAccessible(ann, 'the help')
    await ann.page.keyboard.press('Escape')
    await press(ann, 'Your status and settings')
    await ann.page.getByRole('dialog').waitFor()
    await expectAccessible(ann, 'the settings')
    await ann.page.keyboard.press('Escape')
    await ann.page.getByRole('link', { name: 'New room' }).click()
    await expectAccessible(ann, 'a new room')
    expect(ann.complaints).toEqual([])
  })

  it('[DW8] on the other pages', async () => {
    const { url } = await openDemo()
    const root = await enter(chromium, url, 'Root', 'admin')
    await openDesk(root)
    await expectAccessible(root, 'the admin’s page')
    await root.page.getByRole('link', { name: 'Reports', exact: true }).click()
    await sees(root, 'Nothing to do')
    await expectAccessible(root, 'reports')
    const ann = await enter(chromium, url, 'Ann Keller')
    await goTo(ann, 'Tickets')
    await openTicket(ann, 'Opening hours')
    await say(ann, 'When do you open?')
    await reads(ann, 'When do you open?')
    await expectAccessible(ann, 'a ticket')
    await goTo(ann, 'Calls')
    await sees(ann, 'Start a call')
    await expectAccessible(ann, 'calls')
  })

  it('[DW8] in a call, before and after', async () => {
    const { url } = await openDemo()
    const [ann, meg] = [await enter(chromium, url, 'Ann Keller'), await enter(chromium, url, 'Meg Ortiz')]
    await goTo(ann, 'Calls')
    await fill(ann, 'Who to call', 'Meg Ortiz')
    await press(ann, 'Call')
    await sees(meg, 'Accept without video')
    await expectAccessible(meg, 'a call that rings')
    await press(meg, 'Accept')
    for (const one of [ann, meg]) await untilReceiving(one, 'frames')
    await sees(ann, /^Connection: /)
    await press(ann, 'Chat')
    await sees(ann, 'No messages yet')
    await expectAccessible(ann, 'a call with its chat')
    await press(ann, 'Hang up')
    await sees(ann, 'Call again')
    await ann.page.getByRole('button', { name: 'Call Meg Ortiz again' }).waitFor()
    await expectAccessible(ann, 'the calls of the past')
  })
})
