import { setTimeout as sleep } from 'node:timers/promises'
import { describeInChromium, patience } from '@dowellchat/browser'
import { createBot } from '@dowellchat/server/bots'
import { expect, it, onTestFinished } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, lines, openDemo, type Person, press, reads, say, sees } from './support/demo.ts'
import { messageOf } from './support/messages.ts'
import { picture } from './support/pictures.ts'

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

/** A text that comes word by word, for as long as nobody closes it; slowly after a while, or it would become too long to be sent. */
async function* words(until: () => boolean): AsyncIterable<string> {
  for (let n = 1; !until(); n += 1) {
    yield `word${n} `
    await sleep(n < 100 ? 60 : 600)
  }
}

/** A program in the lobby that answers bit by bit, until it is told to stop or has said enough. */
async function openProgram(url: string, isEnough: () => boolean): Promise<void> {
  const bot = createBot({
    ...{ url, workspace: 'demo', key: 'demo-key', rooms: ['lobby'] },
    user: { id: 'helper', name: 'Helper' },
  })
  onTestFinished(() => bot.close())
  bot.onMessage((_, { reply }) => reply(words(isEnough)))
  await bot.start()
}

function draft({ page }: Person) {
  return page.getByRole('article', { name: /^Helper/ }).last()
}

async function grows(person: Person): Promise<void> {
  const before = ((await draft(person).textContent()) ?? '').length
  await expect
    .poll(async () => ((await draft(person).textContent()) ?? '').length, patience)
    .toBeGreaterThan(before)
}

describeInChromium('an answer that comes bit by bit', (chromium) => {
  it('[DF5] grows for everybody, and becomes one message in its place', async () => {
    const { url } = await openDemo()
    let isEnough = false
    await openProgram(url, () => isEnough)
    const ann = await enter(chromium, url, 'Ann Keller')
    await say(ann, 'What is new?')
    await sees(ann, 'Writing…')
    await ann.page.locator('[data-announcer]').getByText('Helper is writing an answer').waitFor()
    // Whoever comes later sees what there is already.
    const ben = await enter(chromium, url, 'Ben Okafor', 'customer', phone)
    await sees(ben, 'word1 ')
    for (const one of [ann, ben]) await grows(one)
    await expectAccessible(ben, 'a draft')
    await picture(ann, 'draft')
    isEnough = true
    for (const one of [ann, ben]) {
      await one.page.getByText('Writing…').waitFor({ state: 'detached', timeout: patience.timeout })
      // Whoever comes near a message that is stored can do something with it.
      await messageOf(one, 'word1 ').hover()
      await messageOf(one, 'word1 ').locator('[data-action="menu"]').waitFor({ state: 'attached' })
    }
    const [text] = (await lines(ann)).slice(-1)
    await reads(ben, text ?? '')
    expect((await lines(ann)).filter((line) => line.startsWith('word1')).length).toBe(1)
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('[DF5] is stopped by a reader, also by the keyboard alone; what there is of it stays', async () => {
    const { url } = await openDemo()
    await openProgram(url, () => false)
    const ann = await enter(chromium, url, 'Ann Keller')
    await say(ann, 'Tell me')
    await sees(ann, 'word3 ')
    await press(ann, 'Stop Helper')
    await ann.page
      .getByRole('button', { name: 'Stop Helper' })
      .waitFor({ state: 'detached', timeout: patience.timeout })
    const [first] = (await lines(ann)).slice(-1)
    expect(first).toMatch(/^word1 word2 word3/)
    await say(ann, 'And more')
    await ann.page.getByRole('button', { name: 'Stop Helper' }).waitFor({ timeout: patience.timeout })
    await ann.page.getByRole('log').focus()
    await ann.page.keyboard.press('ArrowUp')
    await draft(ann).and(ann.page.locator(':focus')).waitFor()
    await ann.page.keyboard.press('s')
    await ann.page
      .getByRole('button', { name: 'Stop Helper' })
      .waitFor({ state: 'detached', timeout: patience.timeout })
    expect((await lines(ann)).length).toBe(4)
    expect(ann.complaints).toEqual([])
  })
})
