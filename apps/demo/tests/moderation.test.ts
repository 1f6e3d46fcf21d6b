import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, openDemo, press, reads, say, sees } from './support/demo.ts'
import { choose, messageOf } from './support/messages.ts'

describeInChromium('when somebody misbehaves', (chromium) => {
  it('[DW12] a message is reported, read by an admin and done with; who is blocked is folded', async () => {
    const { url } = await openDemo()
    const [root, ann, ben] = [
      await enter(chromium, url, 'Ruth Adler', 'admin'),
      await enter(chromium, url, 'Ann Keller', 'agent'),
      await enter(chromium, url, 'Ben Okafor'),
    ]
    await say(ben, 'Buy my watches')
    await reads(ann, 'Buy my watches')
    await choose(ann, 'Buy my watches', 'Report')
    await fill(ann, 'What is wrong?', 'It is an advertisement')
    await press(ann, 'Report')
    await root.page.getByRole('link', { name: 'Reports', exact: true }).click()
    const report = root.page.getByRole('article', { name: 'Report about Ben Okafor' })
    for (const text of ['Buy my watches', 'It is an advertisement', 'Reported by Ann Keller'])
      await report.getByText(text).first().waitFor({ timeout: patience.timeout })
    await root.page.getByRole('textbox', { name: 'What you did about it' }).fill('Talked to him')
    await press(root, 'Done')
    await sees(root, 'Nothing to do')

    await press(ann, 'Write to Ben Okafor')
    await press(ann, 'More about Ben Okafor')
    await ann.page.getByRole('menuitem', { name: 'Block', exact: true }).click()
    await ann.page.getByRole('link', { name: /^lobby/ }).click()
    await sees(ann, 'Message of somebody you have blocked')
    await press(ann, 'Show')
    await messageOf(ann, 'Buy my watches').waitFor()
    for (const one of [root, ann, ben]) expect(one.complaints).toEqual([])
  })

  it('[DW12] the owner of a room keeps a member from writing for a time', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [
      await enter(chromium, url, 'Ann Keller', 'agent'),
      await enter(chromium, url, 'Ben Okafor'),
    ]
    await ann.page.getByRole('link', { name: 'New room' }).click()
    await ann.page.getByRole('checkbox', { name: 'Ben Okafor' }).check()
    await fill(ann, 'Name of the room', 'Summer party')
    await press(ann, 'Create room')
    await ben.page.getByRole('link', { name: /^Summer party/ }).click()
    await ann.page.getByRole('button', { name: '2 members' }).click()
    await press(ann, 'What to do about Ben Okafor')
    await ann.page.getByRole('menuitem', { name: 'No writing for an hour' }).click()
    await sees(ann, /^Cannot write until/)
    await say(ben, 'May I?')
    await sees(ben, /^Not sent\. /)
  })
})
