import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, goTo, openDemo, type Person, press, reads, rooms, say, sees } from './support/demo.ts'
import { choose, keep, messageOf, roomOf } from './support/messages.ts'

async function join(person: Person, name: string): Promise<void> {
  await fill(person, 'Room name', name)
  await press(person, 'Join')
  await person.page.getByRole('heading', { name }).waitFor()
  // The heading is there before the server has heard of it, and a room that is left by then was never joined.
  await roomOf(person, name).waitFor({ timeout: patience.timeout })
}

describeInChromium('keeping up', (chromium) => {
  it('[DW5] what is unread has a number in the list and the title, a divider in the room, and is read by looking at it', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [await enter(chromium, url, 'Ann Keller'), await enter(chromium, url, 'Ben Okafor')]
    for (const one of [ann, ben]) await join(one, 'garden')
    await say(ben, 'The roses are out')
    await reads(ann, 'The roses are out')
    await join(ann, 'kitchen')
    // A conversation, and who is in it, are left a second or two after they were closed.
    await ann.page.waitForTimeout(3_000)
    await say(ben, 'And the **tulips**')
    await roomOf(ann, 'garden 1 unread').waitFor({ timeout: patience.timeout })
    await roomOf(ann, 'garden').getByText('Ben: And the tulips').waitFor()
    await expect.poll(() => ann.page.title(), patience).toMatch(/^\(1\) /)
    await roomOf(ann, 'garden').click()
    await sees(ann, 'New messages')
    await expect.poll(() => ann.page.title(), patience).not.toMatch(/^\(/)
    await choose(ann, 'The roses are out', 'Mark as unread')
    await join(ann, 'kitchen')
    await roomOf(ann, 'garden 2 unread').waitFor({ timeout: patience.timeout })

    // Between two people, who sees something on one side is told on the other.
    await press(ann, 'Write to Ben Okafor')
    await ann.page.getByRole('heading', { name: 'Ben Okafor' }).waitFor()
    await say(ann, 'Just for you')
    await roomOf(ben, 'Ann Keller').click()
    await messageOf(ann, 'Just for you')
      .getByRole('img', { name: 'Seen by Ben Okafor' })
      .waitFor({ timeout: patience.timeout })
  })

  it('[DW6] rooms are pinned, muted, archived and left', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann Keller')
    for (const name of ['garden', 'kitchen']) await join(ann, name)
    await expect.poll(() => rooms(ann), patience).toHaveLength(3)
    await keep(ann, 'garden', 'Pin to the top')
    await expect.poll(async () => (await rooms(ann))[0], patience).toBe('garden')
    await keep(ann, 'garden', 'Mute')
    await roomOf(ann, 'garden muted, pinned').waitFor()
    await keep(ann, 'garden', 'Archive')
    await expect.poll(async () => (await rooms(ann)).includes('garden'), patience).toBe(false)
    await press(ann, 'Archive')
    await ann.page
      .getByRole('navigation', { name: 'Archived rooms' })
      .getByRole('link', { name: /^garden/ })
      .waitFor()
    await press(ann, 'All chats')
    await keep(ann, 'kitchen', 'Leave')
    await expect.poll(async () => (await rooms(ann)).includes('kitchen'), patience).toBe(false)
  })

  it('[DW6] a room that was left, also from the list or another room, is not joined again by itself', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann Keller')
    for (const name of ['garden', 'lobby']) await join(ann, name)
    await goTo(ann, 'Tickets')
    await goTo(ann, 'Chat')
    await ann.page.getByRole('heading', { name: 'lobby' }).waitFor()
    await roomOf(ann, 'garden').click()
    await ann.page.getByRole('heading', { name: 'garden' }).waitFor()
    await press(ann, 'Leave room')
    await sees(ann, 'No room selected')
    await goTo(ann, 'Tickets')
    await goTo(ann, 'Chat')
    await sees(ann, 'No room selected')
    await ann.page.goBack()
    await ann.page.goBack()
    await sees(ann, 'No room selected')
    await expect.poll(() => rooms(ann), patience).toEqual(['lobby'])
    await keep(ann, 'lobby', 'Leave')
    await sees(ann, 'You are in no room yet.')
    await goTo(ann, 'Tickets')
    await goTo(ann, 'Chat')
    await sees(ann, 'You are in no room yet.')
  })

  it('[DW6] what could not be changed of a room is said at it', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann Keller')
    await join(ann, 'garden')
    await keep(ann, 'garden', 'Mute')
    await roomOf(ann, 'garden muted').waitFor()
    await ann.context.setOffline(true)
    await keep(ann, 'garden', 'Unmute')
    await ann.page
      .getByRole('navigation', { name: 'Rooms' })
      .getByRole('alert')
      .filter({ hasText: 'Try again' })
      .waitFor({ timeout: patience.timeout })
    await roomOf(ann, 'garden muted').waitFor()
  })

  it('[DW7] who is there, who writes, and what they say of themselves', async () => {
    const { url } = await openDemo()
    const [ann, ben] = [
      await enter(chromium, url, 'Ann Keller', 'agent'),
      await enter(chromium, url, 'Ben Okafor', 'agent'),
    ]
    await ann.page.getByRole('button', { name: '2 here' }).waitFor({ timeout: patience.timeout })
    const known = ann.page.getByRole('button', { name: 'Write to Ben Okafor' })
    await known.getByText('Online').waitFor({ timeout: patience.timeout })
    const isWriting = ann.page.getByText('Ben Okafor is writing…')
    const box = ben.page.getByRole('textbox', { name: 'Message', exact: true })
    // It is over a few seconds after the last key.
    const write = async (): Promise<boolean> => {
      await box.pressSequentially('Well')
      return isWriting.first().isVisible()
    }
    await expect.poll(write, { ...patience, interval: 500 }).toBe(true)
    await press(ben, 'Your status and settings')
    await fill(ben, 'Your status', 'Back at 3')
    await press(ben, 'Save')
    // Within the dialog: nothing beside it is read.
    await ben.page.getByRole('dialog').getByText('Your status is saved').waitFor()
    await ben.page.getByRole('radio', { name: 'Away' }).check()
    await known.getByText('Away · Back at 3').waitFor({ timeout: patience.timeout })
    await ben.context.close()
    await known.getByText(/^Last seen/).waitFor({ timeout: patience.timeout })
    await ann.page.getByRole('button', { name: '1 here' }).waitFor({ timeout: patience.timeout })
  })
})
