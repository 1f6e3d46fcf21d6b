import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import {
  choose,
  entrance,
  fill,
  goTo,
  openDemo,
  openTab,
  type Person,
  press,
  reads,
  rooms,
  say,
  sees,
} from './support/demo.ts'

async function follow({ page }: Person, name: string): Promise<void> {
  await page
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .first()
    .click()
}

async function check({ page }: Person, name: string): Promise<void> {
  await page.getByText(name, { exact: true }).and(page.locator('label *')).click()
}

async function openMembers({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: /members?$/ }).click()
}

/** Makes a room with members and is in it. */
async function makeRoom(person: Person, title: string, ...members: readonly string[]): Promise<void> {
  await follow(person, 'New room')
  await person.page.getByRole('radio', { name: 'Members only' }).check()
  await fill(person, 'Name of the room', title)
  for (const name of members) await check(person, name)
  await press(person, 'Create room')
  await person.page.getByRole('heading', { name: title }).waitFor()
}

/** Waits until somebody's list has, or has not, a room. */
async function lists(person: Person, title: string, isListed = true): Promise<void> {
  await expect.poll(async () => (await rooms(person)).includes(title), patience).toBe(isListed)
}

describeInChromium('a room with members', (chromium) => {
  it('[DM10] appears for those who are added, who talk in it, and disappears for those who are removed', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    const [ben, meg] = [await openTab(ann, url), await openTab(ann, url)]
    await choose(ben, 'Ben Okafor')
    await choose(meg, 'Meg Ortiz')
    await makeRoom(ann, 'Summer party', 'Ben Okafor')
    await say(ann, 'Who brings the cake?')
    await lists(ben, 'Summer party')
    await follow(ben, 'Summer party')
    await reads(ben, 'Who brings the cake?')
    await say(ben, 'I do')
    await ben.page.getByRole('link', { name: 'Call Summer party', exact: true }).click()
    const who = ben.page.getByRole('textbox', { name: 'Who to call' })
    await expect.poll(() => who.inputValue(), patience).toBe('Summer party')
    await goTo(ben, 'Chat')
    await follow(ben, 'Summer party')
    await reads(ann, 'Who brings the cake?', 'I do')
    await lists(meg, 'Summer party', false)

    await openMembers(ann)
    await press(ann, 'Add people')
    await check(ann, 'Meg Ortiz')
    await press(ann, 'Add to the room')
    await lists(meg, 'Summer party')
    await press(ann, 'Remove Ben Okafor')
    await lists(ben, 'Summer party', false)
    await sees(ben, /not a member/)
    await say(ann, 'Just the two of us')
    await follow(meg, 'Summer party')
    await reads(meg, 'Who brings the cake?', 'I do', 'Just the two of us')
    expect(await ben.page.getByText('Just the two of us').count()).toBe(0)

    await openMembers(meg)
    await press(meg, 'Leave room')
    await lists(meg, 'Summer party', false)
    expect(ann.complaints).toEqual([])
  })

  it('[DM10] is joined by an invite link, once', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    await makeRoom(ann, 'Book club')
    await openMembers(ann)
    await press(ann, 'Invite by link')
    const link = await ann.page.getByRole('textbox', { name: 'Invite link' }).inputValue()

    const ben = await chromium.open(link)
    await choose(ben, 'Ben Okafor')
    await sees(ben, 'You are invited to a room')
    await press(ben, 'Join the room')
    await ben.page.getByRole('heading', { name: 'Book club' }).waitFor()
    await say(ben, 'Thanks for the invitation')
    await reads(ann, 'Thanks for the invitation')

    const meg = await chromium.open(link)
    await choose(meg, 'Meg Ortiz')
    await press(meg, 'Join the room')
    await sees(meg, /invitation is no longer valid/)
  })

  it('[DM11] with one other person is between the two, and the same one again', async () => {
    const { url } = await openDemo()
    const ann = await chromium.open(entrance(url))
    await choose(ann, 'Ann Keller')
    const meg = await openTab(ann, url)
    await choose(meg, 'Meg Ortiz')
    await writeTo(ann, 'Meg Ortiz')
    await say(ann, 'Just for you')
    await lists(meg, 'Ann Keller')
    await follow(meg, 'Ann Keller')
    await reads(meg, 'Just for you')
    await writeTo(meg, 'Ann Keller')
    await reads(meg, 'Just for you')
    expect((await rooms(meg)).filter((name) => name === 'Ann Keller')).toHaveLength(1)
  })

  async function writeTo(person: Person, name: string): Promise<void> {
    await follow(person, 'New room')
    await person.page.getByRole('radio', { name: 'One person' }).check()
    await check(person, name)
    await press(person, 'Write to them')
    await person.page.getByRole('heading', { name }).waitFor()
  }
})
