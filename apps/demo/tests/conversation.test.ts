import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { enter, fill, lines, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { choose, messageOf, remove, shows } from './support/messages.ts'

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
