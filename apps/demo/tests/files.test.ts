import { readFileSync } from 'node:fs'
import { describeInChromium, patience } from '@dowellchat/browser'
import { expect, it } from 'vitest'
import { expectAccessible } from './support/accessibility.ts'
import { enter, fill, lines, type Person, press, reads, say, secondsOn, sees } from './support/demo.ts'
import { give, openDemoWithFiles, pick, pictureFile } from './support/files.ts'
import { choose, remove, roomOf } from './support/messages.ts'
import { picture } from './support/pictures.ts'

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Bring a cake.\n') }

/** Waits until all files of the message box can be sent. */
async function uploaded({ page }: Person, count: number): Promise<void> {
  const files = page.getByRole('list', { name: 'Files to send' }).getByRole('listitem')
  await expect.poll(() => files.count(), patience).toBe(count)
  await expect.poll(() => page.getByRole('progressbar').count(), patience).toBe(0)
}

/** Keeps uploads of somebody on their way until it is told to let them go. */
async function holdUploads({ page }: Person): Promise<() => void> {
  let letGo = (): void => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route(
    (one) => one.searchParams.has('t'),
    async (route) => {
      if (route.request().method() === 'PUT') await gate
      await route.continue().catch(() => undefined)
    },
  )
  return letGo
}

/** Waits until a picture is loaded, and answers how wide it is by itself. */
async function isShown({ page }: Person, name: string): Promise<number> {
  const picture = page.getByRole('button', { name: `Show ${name}` }).locator('img')
  const width = () => picture.evaluate((one: HTMLImageElement) => one.naturalWidth)
  await picture.waitFor({ timeout: patience.timeout })
  await expect.poll(width, patience).toBeGreaterThan(0)
  return width()
}

describeInChromium('files in the demo', (chromium) => {
  it('[DF2] stay with the text that they go with, while somebody looks at another room', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann Keller')
    await pick(ann, notes)
    await uploaded(ann, 1)
    await fill(ann, 'Message', 'My notes')
    await fill(ann, 'Room name', 'kitchen')
    await press(ann, 'Join')
    await ann.page.getByRole('heading', { name: 'kitchen' }).waitFor()
    expect(await ann.page.getByRole('list', { name: 'Files to send' }).count()).toBe(0)
    await say(ann, 'In the kitchen')
    await reads(ann, 'In the kitchen')
    const asks = () =>
      ann.page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
    expect(await asks()).toBe(true)
    await roomOf(ann, 'lobby').click()
    await uploaded(ann, 1)
    await press(ann, 'Send')
    await ann.page.getByRole('button', { name: /^Save notes\.txt/ }).waitFor()
    await ann.page.getByRole('list', { name: 'Files to send' }).waitFor({ state: 'detached' })
    await expect.poll(asks, patience).toBe(false)
  })

  it('[DF2] are let go of when somebody leaves the room for good', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann Keller')
    await pick(ann, await pictureFile(ann, 'garden.png'))
    await uploaded(ann, 1)
    await press(ann, 'Leave room')
    await sees(ann, 'No room selected')
    await fill(ann, 'Room name', 'kitchen')
    await press(ann, 'Join')
    await say(ann, 'In the kitchen')
    await reads(ann, 'In the kitchen')
    expect(
      await ann.page.evaluate(() => dispatchEvent(new Event('beforeunload', { cancelable: true }))),
    ).toBe(true)
    await fill(ann, 'Room name', 'lobby')
    await press(ann, 'Join')
    await say(ann, 'In the lobby')
    await reads(ann, 'In the lobby')
    expect(await ann.page.getByRole('list', { name: 'Files to send' }).count()).toBe(0)
  })

  it('are shown above the thread of their message, and what is reported can be saved by an admin', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann Keller')
    const root = await enter(chromium, url, 'Ruth Adler', 'admin')
    await pick(ann, notes, await pictureFile(ann, 'garden.png'))
    await uploaded(ann, 2)
    await press(ann, 'Send')
    const message = root.page.getByRole('article', { name: /^Ann Keller, / })
    await message.focus()
    await root.page.keyboard.press('t')
    const about = root.page.getByRole('region', { name: 'What the thread is about' })
    await about.getByRole('button', { name: /^Save notes\.txt/ }).waitFor()
    await picture(root, 'thread-of-files')
    await about.getByRole('button', { name: 'Show garden.png' }).click()
    await root.page.getByRole('dialog', { name: 'garden.png' }).waitFor()
    await root.page.keyboard.press('Escape')
    await root.page.keyboard.press('Escape')
    await message.focus()
    await root.page.keyboard.press('Enter')
    await root.page.getByRole('menuitem', { name: 'Report' }).click()
    await fill(root, 'What is wrong?', 'Wrong notes')
    await press(root, 'Report')
    await root.page.getByRole('link', { name: 'Reports', exact: true }).click()
    const save = root.page.waitForEvent('download')
    await root.page.getByRole('button', { name: /^Save notes\.txt/ }).click()
    expect((await save).suggestedFilename()).toBe('notes.txt')
    await picture(root, 'report-of-a-file')
  })

  it('[DF2] are picked, dropped, pasted and taken with a phone, and shown to the other in their places', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann Keller', 'agent')
    const ben = await enter(chromium, url, 'Ben Okafor', 'customer', phone)
    await say(ann, 'Look')
    await reads(ben, 'Look')

    await pick(ann, await pictureFile(ann, 'garden.png'), notes)
    await give(ann, '.conversation', 'dragenter', notes)
    await sees(ann, 'Drop files to send them')
    await give(ann, '.conversation', 'drop', await pictureFile(ann, 'tall.png', 'maroon', 200, 500))
    await uploaded(ann, 3)
    await give(ann, '.composer textarea', 'paste', await pictureFile(ann, 'pasted.png', 'navy', 300, 300))
    await uploaded(ann, 4)
    await expectAccessible(ann, 'files to be sent')
    await press(ann, 'Do not send tall.png')
    await uploaded(ann, 3)
    await fill(ann, 'Message', 'The garden')
    await press(ann, 'Send')
    await reads(ben, 'Look', 'The garden')
    for (const one of [ann, ben]) {
      expect(await isShown(one, 'garden.png')).toBe(640)
      expect(await isShown(one, 'pasted.png')).toBe(300)
      expect(await one.page.getByRole('button', { name: 'Show tall.png' }).count()).toBe(0)
    }
    await expectAccessible(ben, 'a message with files')

    const save = ben.page.waitForEvent('download')
    await ben.page.getByRole('button', { name: /^Save notes\.txt/ }).click()
    const saved = await save
    expect(saved.suggestedFilename()).toBe('notes.txt')
    expect(readFileSync(await saved.path(), 'utf8')).toBe('Bring a cake.\n')
    await ben.page.getByRole('button', { name: 'Show garden.png' }).click()
    await ben.page.getByRole('dialog', { name: 'garden.png' }).getByRole('img').waitFor()
    await expectAccessible(ben, 'a picture')
    await ben.page.keyboard.press('Escape')

    await press(ben, 'Add files')
    await ben.page.getByRole('menuitem', { name: 'Take a photo' }).waitFor()
    await ben.page.keyboard.press('Escape')
    const camera = ben.page.locator('input[capture="environment"]')
    await camera.setInputFiles(await pictureFile(ben, 'photo.png', 'olive', 900, 1_600))
    await uploaded(ben, 1)
    // Without a text.
    await press(ben, 'Send')
    expect(await isShown(ann, 'photo.png')).toBe(900)
    await ann.page.getByRole('navigation', { name: 'Rooms' }).getByText('Ben: Picture').waitFor()
    expect(await ben.page.getByRole('list', { name: 'Files to send' }).count()).toBe(0)
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('[DF2] say how far they are, wait for a message that is sent early, and can be tried again or left out', async () => {
    const { url } = await openDemoWithFiles({ limits: { uploadBytes: 50_000 } })
    const ann = await enter(chromium, url, 'Ann')
    await ann.page.getByRole('textbox', { name: 'Message', exact: true }).waitFor()
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    let puts = 0
    await ann.page.route(
      (one) => one.searchParams.has('t'),
      async (route) => {
        if (route.request().method() !== 'PUT') return route.continue()
        puts += 1
        if (puts === 1) return route.fulfill({ status: 400, body: 'Broken on its way' })
        await gate
        await route.continue()
      },
    )
    await pick(ann, await pictureFile(ann, 'one.png'))
    await press(ann, 'Upload one.png again')
    await ann.page.getByRole('progressbar', { name: 'Uploading one.png' }).waitFor()
    await pick(ann, { ...notes, name: 'large.txt', buffer: Buffer.alloc(60_000, 'x') })
    await ann.page
      .getByRole('alert')
      .filter({ hasText: /50,?000|large|at most/i })
      .first()
      .waitFor()
    await press(ann, 'Do not send large.txt')
    await fill(ann, 'Message', 'Soon')
    await press(ann, 'Send')
    await sees(ann, 'Sent once the files are uploaded')
    open()
    await reads(ann, 'Soon')
    expect(await isShown(ann, 'one.png')).toBe(640)
  })

  it('[DF2] a message that waits for its files stays as it was sent while another one is edited', async () => {
    const { url } = await openDemoWithFiles()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await say(ben, 'Will you come?')
    await reads(ann, 'Will you come?')
    await say(ann, 'I come at six')
    await reads(ben, 'Will you come?', 'I come at six')
    const letGo = await holdUploads(ann)
    await choose(ann, 'Will you come?', 'Reply')
    await pick(ann, notes)
    await press(ann, 'Send')
    await sees(ann, 'Sent once the files are uploaded')
    await choose(ann, 'I come at six', 'Edit')
    const box = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    await box.fill('I come at sev')
    const isUploaded = ann.page.waitForResponse((one) => one.request().method() === 'PUT')
    letGo()
    await isUploaded
    await say(ben, 'Fine')
    await reads(ann, 'Fine')
    await expect.poll(() => lines(ben), patience).toEqual(['Will you come?', 'I come at six', 'Fine'])
    expect(await box.inputValue()).toBe('I come at sev')
    await box.press('Escape')
    const save = ben.page.getByRole('button', { name: /^Save notes\.txt/ })
    await save.waitFor({ timeout: patience.timeout })
    // As the answer that it was.
    await ben.page.getByRole('article').filter({ has: save }).getByText('Will you come?').waitFor()
    await expect.poll(() => lines(ben), patience).toEqual(['Will you come?', 'I come at six', 'Fine'])
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })

  it('[DF2] a message that is written on, or left without anything, is not sent by itself', async () => {
    const { url } = await openDemoWithFiles()
    const ann = await enter(chromium, url, 'Ann')
    await say(ann, 'First')
    await reads(ann, 'First')
    const letGo = await holdUploads(ann)
    const box = ann.page.getByRole('textbox', { name: 'Message', exact: true })
    const hint = ann.page.getByText('Sent once the files are uploaded')
    await pick(ann, notes)
    await press(ann, 'Send')
    await hint.waitFor()
    await press(ann, 'Do not send notes.txt')
    await hint.waitFor({ state: 'detached' })
    await pick(ann, notes)
    await fill(ann, 'Message', 'Here it is')
    await press(ann, 'Send')
    await hint.waitFor()
    await box.press('End')
    await box.pressSequentially(', and mo')
    await hint.waitFor({ state: 'detached' })
    // It was the wrong file.
    await press(ann, 'Send')
    await hint.waitFor()
    await press(ann, 'Do not send notes.txt')
    await hint.waitFor({ state: 'detached' })
    await pick(ann, notes)
    letGo()
    await uploaded(ann, 1)
    await box.pressSequentially('re')
    expect(await lines(ann)).toEqual(['First'])
    await box.press('Enter')
    await reads(ann, 'First', 'Here it is, and more')
    await ann.page.getByRole('button', { name: /^Save notes\.txt/ }).waitFor()
    expect(await ann.page.getByRole('article').count()).toBe(2)
    expect(ann.complaints).toEqual([])
  })

  it('[DF3] a sound is recorded, sent, and played by the other; a file of a removed message is gone', async () => {
    const { url } = await openDemoWithFiles()
    const [ann, ben] = [await enter(chromium, url, 'Ann'), await enter(chromium, url, 'Ben')]
    await press(ann, 'Add files')
    await ann.page.getByRole('menuitem', { name: 'Record a sound' }).click()
    await ann.page.getByRole('group', { name: 'Recording a sound' }).getByText(secondsOn).waitFor()
    await expectAccessible(ann, 'a recording')
    await press(ann, 'Keep the sound')
    await uploaded(ann, 1)
    await press(ann, 'Send')
    const play = ben.page.getByRole('button', { name: /^Play Sound/ })
    await play.click()
    const played = () => ben.page.locator('audio').evaluate((one: HTMLAudioElement) => one.currentTime)
    await expect.poll(played, patience).toBeGreaterThan(0)
    await expectAccessible(ben, 'a sound that plays')

    await pick(ann, await pictureFile(ann, 'secret.png'))
    await uploaded(ann, 1)
    await fill(ann, 'Message', 'Oh no')
    await press(ann, 'Send')
    await isShown(ben, 'secret.png')
    await remove(ann, 'Oh no')
    await sees(ben, 'Message removed')
    await expect
      .poll(() => ben.page.getByRole('button', { name: 'Show secret.png' }).count(), patience)
      .toBe(0)
    for (const one of [ann, ben]) expect(one.complaints).toEqual([])
  })
})
