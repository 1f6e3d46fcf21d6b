import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, lines, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { openDemoWithFiles } from './support/files.ts'
import { choose, isSent, messageOf, remove, shows } from './support/messages.ts'
import { settled } from './support/pictures.ts'

async function two(chromium: Parameters<typeof enter>[0]): Promise<[Person, Person]> {
  const { url } = await openDemo()
  return [await enter(chromium, url, 'Ann Keller', 'agent'), await enter(chromium, url, 'Ben Okafor')]
}

const composer = ({ page }: Person) => page.getByRole('textbox', { name: 'Message', exact: true })

describeInChromium('what people do with messages', (chromium) => {
  it('[DW2] answering, reacting, editing and deleting are seen by the other', async () => {
    const [ann, ben] = await two(chromium)
    await say(ann, 'Who brings the cake?')
    await reads(ben, 'Who brings the cake?')

    await choose(ben, 'Who brings the cake?', 'Reply')
    await sees(ben, 'Ann Keller')
    await say(ben, 'I do')
    await reads(ann, 'Who brings the cake?', 'I do')
    await messageOf(ann, 'I do')
      .getByRole('button', { name: /^Answers You/ })
      .click()
    await expect
      .poll(() => messageOf(ann, 'Who brings').evaluate((one) => one === document.activeElement), patience)
      .toBe(true)

    await messageOf(ann, 'I do').hover()
    await messageOf(ann, 'I do').getByRole('button', { name: 'React to Ben Okafor' }).click()
    await fill(ann, 'Find an emoji', 'cake')
    await ann.page.getByRole('button', { name: 'Cake', exact: true }).click()
    const reaction = (person: Person) => messageOf(person, 'I do').getByRole('button', { name: /^🍰/ })
    await reaction(ben).waitFor({ timeout: patience.timeout })
    await reaction(ben).click()
    await expect.poll(() => reaction(ann).textContent(), patience).toMatch(/2$/)
    await reaction(ann).click()
    await expect.poll(() => reaction(ben).getAttribute('aria-label'), patience).toBe('🍰, 1: You')

    await composer(ben).press('ArrowUp')
    await expect.poll(() => composer(ben).inputValue(), patience).toBe('I do')
    await say(ben, 'I do, and **coffee**')
    await shows(ann, 'I do, and coffee', 'Edited')

    await remove(ben, 'I do, and coffee')
    for (const one of [ann, ben]) {
      await sees(one, 'Message removed')
      await expect.poll(() => lines(one), patience).toEqual(['Who brings the cake?'])
      expect(one.complaints).toEqual([])
    }
  })

  it('[DW2] a reaction whose emoji is older than emoji are is given in colors, and taken back', async () => {
    const [ann, ben] = await two(chromium)
    await say(ann, 'The first snow')
    await reads(ben, 'The first snow')
    const heart = (person: Person) =>
      messageOf(person, 'The first snow').getByRole('button', { name: /^\u2764\ufe0f, 1/ })
    await choose(ben, 'The first snow', 'Heart')
    for (const one of [ann, ben]) await heart(one).waitFor({ timeout: patience.timeout })
    await choose(ben, 'The first snow', 'Heart')
    for (const one of [ann, ben]) await heart(one).waitFor({ state: 'detached', timeout: patience.timeout })
  })

  it('[DW3] a mention is suggested, chosen by keyboard, and shown as one; a thread is beside the conversation', async () => {
    const [ann, ben] = await two(chromium)
    await say(ben, 'Hello')
    await reads(ann, 'Hello')
    await composer(ann).pressSequentially('Hi @be')
    await ann.page.getByRole('option', { name: 'Ben Okafor' }).waitFor()
    await composer(ann).press('Enter')
    await expect.poll(() => composer(ann).inputValue(), patience).toBe('Hi @Ben Okafor ')
    await composer(ann).press('Enter')
    await reads(ben, 'Hello', 'Hi @Ben Okafor')
    await expect.poll(() => ben.page.locator('.mention').getAttribute('data-own'), patience).toBe('true')

    await choose(ben, 'Hi @Ben Okafor', 'Reply in a thread')
    await fill(ben, 'Message in the thread', 'What is it?')
    await ben.page.getByRole('textbox', { name: 'Message in the thread' }).press('Enter')
    const link = messageOf(ann, 'Hi @Ben Okafor').getByRole('button', { name: /1 reply in a thread/ })
    await link.click()
    const thread = ann.page.getByRole('complementary', { name: 'Thread' })
    await thread.getByText('What is it?').waitFor({ timeout: patience.timeout })
    await ann.page.keyboard.press('Escape')
    await thread.waitFor({ state: 'detached' })
    expect(ann.complaints).toEqual([])
  })

  it('[DW3] people are suggested in the next message too, after one that begins with a mention', async () => {
    const [ann, ben] = await two(chromium)
    await say(ben, 'Hello')
    await reads(ann, 'Hello')
    for (const times of [1, 2]) {
      await composer(ann).pressSequentially('@Be')
      await ann.page.getByRole('option', { name: 'Ben Okafor' }).click()
      await expect.poll(() => composer(ann).inputValue(), patience).toBe('@Ben Okafor ')
      await composer(ann).pressSequentially(`${times}`)
      await press(ann, 'Send')
      await reads(ben, `@Ben Okafor ${times}`)
    }
  })

  it('Escape in a thread ends what is open in it, and then the thread', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann Keller')
    await say(ann, 'Who brings the cake?')
    await isSent(ann, 'Who brings the cake?')
    await choose(ann, 'Who brings the cake?', 'Reply in a thread')
    const thread = ann.page.getByRole('complementary', { name: 'Thread' })
    const box = ann.page.getByRole('textbox', { name: 'Message in the thread', exact: true })
    await box.fill('Me')
    await box.press('Enter')
    await isSent(ann, 'Me')
    await box.press('ArrowUp')
    await thread.getByText('Edit your message').waitFor()
    await box.press('Escape')
    await thread.getByText('Edit your message').waitFor({ state: 'detached' })
    await choose(ann, 'Me', 'Delete')
    const dialog = ann.page.getByRole('dialog', { name: 'Delete this message?' })
    await dialog.waitFor()
    await ann.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await thread.getByRole('button', { name: 'Add files' }).click()
    await ann.page.getByRole('menuitem', { name: 'Record a sound' }).click()
    await thread.getByRole('group', { name: 'Recording a sound' }).waitFor()
    await ann.page.keyboard.press('Escape')
    await thread.getByRole('group', { name: 'Recording a sound' }).waitFor({ state: 'detached' })
    expect(await thread.isVisible()).toBe(true)
    await box.and(ann.page.locator(':focus')).waitFor()
    await box.press('Escape')
    await thread.waitFor({ state: 'detached' })
  })

  it('what fails at a message is said where it can be seen, until it works', async () => {
    const { url } = await openDemo()
    const ann = await enter(chromium, url, 'Ann')
    await say(ann, 'Hello')
    await isSent(ann, 'Hello')
    // As on an address without HTTPS.
    await ann.page.evaluate(() =>
      Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }),
    )
    await choose(ann, 'Hello', 'Copy link')
    const problem = ann.page.getByRole('alert').filter({ hasText: /does not let the page copy: http/ })
    await problem.waitFor()
    await ann.page.evaluate(() =>
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => undefined } }),
    )
    await choose(ann, 'Hello', 'Copy link')
    await problem.waitFor({ state: 'detached' })
  })

  it('a dialog stays, with what is typed in it, when a selection ends beside it', async () => {
    const { url } = await openDemo()
    const { page } = await enter(chromium, url, 'Ann Keller', 'agent')
    await page.getByRole('button', { name: 'Your status and settings' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your status and settings' })
    const status = page.getByRole('textbox', { name: 'Your status', exact: true })
    await status.fill('Back at three')
    const box = await status.boundingBox()
    if (!box) throw new Error('The field is not shown')
    await page.mouse.move(box.x + 60, box.y + 10)
    await page.mouse.down()
    await page.mouse.move(box.x - 200, box.y + 10, { steps: 4 })
    await page.mouse.up()
    await page.evaluate(settled)
    expect(await status.inputValue()).toBe('Back at three')
    await page.mouse.click(box.x - 200, box.y + 10)
    await dialog.waitFor({ state: 'detached' })
  })

  it('[DW4] a pinned message stands above the others, and leads to its place', async () => {
    const [ann, ben] = await two(chromium)
    await say(ann, 'We meet at nine')
    for (let n = 0; n < 30; n += 1) await say(ann, `line ${n}`)
    await reads(ben, 'line 29')
    await ann.page.getByRole('log').evaluate((log) => log.scrollTo(0, 0))
    await choose(ann, 'We meet at nine', 'Pin')
    const pinned = ben.page.getByRole('button', { name: /^Pinned: We meet at nine/ })
    await pinned.click()
    await expect.poll(() => messageOf(ben, 'We meet at nine').isVisible(), patience).toBe(true)
    await press(ben, 'Jump to latest')
    await messageOf(ben, 'line 29').waitFor()
  })
})
