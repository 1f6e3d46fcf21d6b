import { randomBytes } from 'node:crypto'
import { type Chromium, describeInChromium, type OpenPage, openLink, patience } from '@dowellchat/browser'
import { folderAttachments } from '@dowellchat/server'
import { startServer } from '@dowellchat/server/testing'
import { expect, it, onTestFinished } from 'vitest'
import { newFolder, sizesIn } from '../testing/kept-files.ts'
import { serveSdkPage } from '../testing/serve-sdk-page.ts'
import type { PendingAttachments } from './pending-state.ts'

declare global {
  interface Window {
    pending: PendingAttachments
    progress: number[]
  }
}

/** A server that keeps files, and pages of people who are in its lobby. */
async function openLobby(chromium: Chromium) {
  const folder = await newFolder()
  const [server, pages] = await Promise.all([
    startServer({ attachments: folderAttachments({ folder }) }),
    serveSdkPage(),
  ])
  onTestFinished(async () => {
    pages.close()
    await server.close()
  })
  const link = await openLink(server.url)
  async function person(user_id: string, url = server.url): Promise<OpenPage> {
    const opened = await chromium.open(pages.url)
    await opened.page.evaluate(
      async ([url, id]) => {
        await window.sdk.open(url, id)
        const { client } = window.sdk
        client.rooms.messages('lobby').retain()
        const pending = client.attachments.pending()
        pending.retain()
        window.progress = []
        pending.subscribe(() => {
          const [file] = pending.getSnapshot().attachments
          if (file) window.progress.push(file.progress)
        })
        const input = document.createElement('input')
        Object.assign(input, { type: 'file', multiple: true })
        input.addEventListener('change', () => {
          if (input.files) pending.add(input.files)
          input.value = ''
        })
        document.body.append(input)
        window.pending = pending
      },
      [url, user_id] as const,
    )
    return opened
  }
  return { folder, person, link }
}

const shown = ({ page }: OpenPage) => page.evaluate(() => window.pending.getSnapshot())
const isReady = (person: OpenPage) => async () => {
  const { attachments, isReady } = await shown(person)
  return attachments.length > 0 && isReady
}
const send = ({ page }: OpenPage, text = '') =>
  page.evaluate(async (text) => {
    const { attachments } = window.pending.getSnapshot()
    const sending = window.sdk.client.rooms.messages('lobby').send(text, { attachments })
    window.pending.clear()
    return (await sending).attachments ?? []
  }, text)

/** Lets a page send so many bytes a second; the answer lets it send others. */
async function slowDown(
  { context, page }: OpenPage,
  bytes: number,
): Promise<(bytes: number) => Promise<unknown>> {
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  const line = { offline: false, latency: 0, downloadThroughput: -1 }
  const pass = (uploadThroughput: number) =>
    session.send('Network.emulateNetworkConditions', { ...line, uploadThroughput })
  await pass(bytes)
  return pass
}

describeInChromium('files in a browser', (chromium) => {
  it('[UP16] are uploaded with their progress, measured, sent, and shown to somebody else', async () => {
    const { folder, person } = await openLobby(chromium)
    const [ann, ben] = [await person('ann'), await person('ben')]
    const picture = await ann.page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 24 })
      canvas.getContext('2d')?.fillRect(1, 1, 9, 9)
      return canvas.toDataURL('image/png').replace(/.*,/, '')
    })
    const bytes = randomBytes(1_500_000)
    await slowDown(ann, 1_500_000)
    await ann.page.setInputFiles('input', [
      { name: 'bytes.bin', mimeType: 'application/octet-stream', buffer: bytes },
      { name: 'cat.png', mimeType: 'image/png', buffer: Buffer.from(picture, 'base64') },
    ])
    await expect.poll(isReady(ann), patience).toBe(true)
    const { attachments } = await shown(ann)
    expect(attachments).toMatchObject([
      { name: 'bytes.bin', previewUrl: null },
      { name: 'cat.png', width: 32, height: 24, attachment: { width: 32, height: 24 } },
    ])
    const progress = await ann.page.evaluate(() => window.progress)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    expect(progress.some((now) => now > 0 && now < 1)).toBe(true)
    expect(await send(ann)).toHaveLength(2)
    expect((await sizesIn(folder)).length).toBe(2)

    const seen = await ben.page.evaluate(async () => {
      const room = window.sdk.client.rooms.messages('lobby')
      await new Promise<void>((resolve) => {
        const look = () => room.getSnapshot().messages[0]?.delivery === 'sent' && resolve()
        room.subscribe(look)
        look()
      })
      const [row] = room.getSnapshot().messages
      const [file, cat] = row?.message.attachments ?? []
      if (!row || !file || !cat) throw new Error('There are two files')
      const { attachments } = window.sdk.client
      const image = Object.assign(new Image(), { src: await attachments.url(row, cat) })
      await image.decode()
      const answer = await fetch(await attachments.url(row, file))
      const { byteLength } = await answer.arrayBuffer()
      return { size: [image.naturalWidth, image.naturalHeight], byteLength, type: cat.type }
    })
    expect(seen).toEqual({ size: [32, 24], byteLength: bytes.length, type: 'image/png' })
    expect([...ann.complaints, ...ben.complaints]).toEqual([])
  })

  it('[UP16] show how long a recording is, and why a file that lies is refused', async () => {
    const { folder, person } = await openLobby(chromium)
    const ann = await person('ann')
    await ann.page.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
      const recorder = new MediaRecorder(stream)
      const parts: Blob[] = []
      recorder.ondataavailable = ({ data }) => parts.push(data)
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve))
      recorder.start()
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      recorder.stop()
      await stopped
      for (const track of stream.getTracks()) track.stop()
      window.pending.add([new File(parts, 'Recording.webm', { type: recorder.mimeType })])
    })
    await expect.poll(isReady(ann), patience).toBe(true)
    const [sound] = (await shown(ann)).attachments
    expect(sound).toMatchObject({ type: 'audio/webm', previewUrl: expect.stringMatching(/^blob:/) })
    expect(sound?.durationMs).toBeGreaterThan(200)
    expect(sound?.attachment?.duration_ms).toBe(sound?.durationMs)
    expect(await send(ann, 'Listen')).toMatchObject([{ type: 'audio/webm' }])

    const lie = { name: 'cat.png', mimeType: 'image/png', buffer: Buffer.from('<script>alert(1)</script>') }
    await ann.page.setInputFiles('input', [lie])
    await expect.poll(async () => (await shown(ann)).attachments[0]?.status, patience).toBe('failed')
    const [refused] = (await shown(ann)).attachments
    expect(refused).toMatchObject({ canRetry: true, attachment: null })
    expect(
      await ann.page.evaluate(() => window.pending.getSnapshot().attachments[0]?.error?.message),
    ).toContain('image/png')
    await expect.poll(() => sizesIn(folder).then(({ length }) => length), patience).toBe(1)
  })

  it('[UP16] leave nothing behind when they are cancelled half way, and go on after a cut', async () => {
    const { folder, person, link } = await openLobby(chromium)
    const ann = await person('ann', link.url)
    const pass = await slowDown(ann, 300_000)
    let puts = 0
    ann.page.on('request', (request) => {
      if (request.method() === 'PUT') puts += 1
    })
    const files = ['a.bin', 'b.bin'].map((name) => ({
      ...{ name, mimeType: 'application/octet-stream', buffer: randomBytes(1_000_000) },
    }))
    await ann.page.setInputFiles('input', files)
    const reached = async () => (await shown(ann)).attachments.at(-1)?.progress ?? 0
    await expect.poll(reached, patience).toBeGreaterThan(0.1)
    const first = (await shown(ann)).attachments[0]?.id ?? ''
    await ann.page.evaluate((id) => window.pending.remove(id), first)
    // Browsers repeat by themselves what was reset, once.
    const failed = ann.page.waitForEvent('requestfailed', (request) => {
      return request.method() === 'PUT' && request.failure()?.errorText !== 'net::ERR_ABORTED'
    })
    link.cut()
    await failed
    await pass(10_000_000)
    link.mend()
    await expect.poll(isReady(ann), patience).toBe(true)
    expect(await send(ann)).toMatchObject([{ name: 'b.bin', size: 1_000_000 }])
    await expect.poll(() => sizesIn(folder), patience).toEqual([1_000_000])
    // The one that was cancelled, the one that was cut off, and that once more.
    expect(puts).toBeGreaterThanOrEqual(3)
  })
})
