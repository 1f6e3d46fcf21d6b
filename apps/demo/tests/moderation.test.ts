import { describeInChromium, patience } from '@dowellchat/browser'
import { testWorkspaces } from '@dowellchat/server/testing'
import { expect, it } from 'vitest'
import { enter, fill, openDemo, press, reads, say, sees } from './support/demo.ts'
import { choose, messageOf } from './support/messages.ts'

const blocked = 'Message of somebody you have blocked'

describeInChromium('when somebody misbehaves', (chromium) => {
  it('[DW12] a message is reported, read by an admin and done with; who is blocked is folded', async () => {
    const { url } = await openDemo({ workspaces: testWorkspaces.map((one) => ({ ...one, search: true })) })
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

    await choose(ann, 'Buy my watches', 'Reply')
    await say(ann, 'Please do not')
    await choose(ann, 'Buy my watches', 'Pin')
    await ann.page.getByRole('button', { name: /^Pinned: Buy/ }).waitFor()
    await press(ann, 'Write to Ben Okafor')
    await press(ann, 'More about Ben Okafor')
    await ann.page.getByRole('menuitem', { name: 'Block', exact: true }).click()
    await ann.page.getByRole('link', { name: /^lobby/ }).click()
    // The message itself, what is pinned, and the quote of the answer.
    await expect.poll(() => ann.page.getByText(blocked).count(), patience).toBeGreaterThanOrEqual(3)
    expect(await ann.page.getByText('Buy my watches').count()).toBe(0)
    await press(ann, 'Show')
    await messageOf(ann, 'Buy my watches').waitFor()
    await ann.page.keyboard.press('ControlOrMeta+Shift+F')
    await ann.page.getByRole('searchbox', { name: 'Words to find' }).fill('watches')
    const found = ann.page.getByRole('list', { name: 'Found messages' })
    await found.getByText(blocked).waitFor({ timeout: patience.timeout })
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
    await sees(ben, /^Not sent\. You cannot write here until (\w+ )?\d\d:\d\d/)
  })
})
