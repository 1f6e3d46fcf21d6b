import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'

import { expect, it, onTestFinished, vi } from 'vitest'
import { describeInChromium } from '../../../tools/browser/index.ts'
import type { TestSocket } from '../src/testing/connect.ts'
import { begin, filesIn, openFileChat, png, put, sendFiles, upload } from './support/files.ts'

vi.setConfig({ testTimeout: 60_000 })

const bytes = Buffer.from(png)
const cid = () => randomUUID()

/** What a file does where it runs: it asks a server that counts. */
const script = (beacon: string) => `fetch('${beacon}/ran');try{top.ran=1}catch(e){}`

/** Files that lie about themselves, or would run if anybody let them: what they are said to be, and whether that is taken. */
function files(
  beacon: string,
): Record<string, { type: string; name: string; body: Buffer<ArrayBuffer>; taken: boolean }> {
  const run = script(beacon)
  const html = `<!doctype html><script>${run}</script><img src=x onerror="${run}">`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`
  const of = (type: string, text: string | Buffer, name = 'x.png', taken = true) => ({
    ...{ type, name, taken },
    body: Buffer.concat([Buffer.from(text)]),
  })
  const refused = (type: string, text: string | Buffer) => of(type, text, 'x.png', false)
  const executable = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])
  return {
    'a page that is said to be a picture': refused('image/png', html),
    'a vector graphic that is said to be a picture': refused('image/png', svg),
    'a program that is said to be a photo': refused('image/jpeg', executable),
    'a program that is said to be a text': refused('text/plain', executable),
    'a picture that is said to be a text': refused('text/plain', bytes),
    'a script that is said to be a sound': refused('audio/mpeg', run),
    'a vector graphic with a script': of('image/svg+xml', svg, 'x.svg'),
    'a page': of('text/html', html, 'x.html'),
    'a page in XML': of(
      'application/xhtml+xml',
      `<html xmlns="http://www.w3.org/1999/xhtml"><script>${run}</script></html>`,
      'x.xhtml',
    ),
    'a script': of('text/javascript', run, 'x.js'),
    'a style sheet': of('text/css', `body{background:url(${beacon}/ran)}`, 'x.css'),
    'a picture with a page behind it': of('image/png', Buffer.concat([bytes, Buffer.from(html)])),
    'a picture that is a script': of('image/gif', `GIF89a=1;${run}//`, 'x.gif'),
    'bytes of no type': of('application/octet-stream', html, 'x.html'),
    'a name that would end a header': of('image/png', bytes, 'a"; filename="x.html'),
  }
}

/** A server that counts what has run. It also has a page that lets everything run, on an origin of its own. */
async function openBeacon(): Promise<{ url: string; ran: () => number }> {
  let ran = 0
  const server = createServer((request, response) => {
    if (request.url === '/ran') ran += 1
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('content-type', 'text/html')
    response.end(request.url === '/control' ? `<script>${script('')}</script>` : '<!doctype html>')
  })
  return { url: await listening(server), ran: () => ran }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

/** Uploads a file, and answers what its sender is told. */
async function tried(chat: { url: string }, socket: TestSocket, file: ReturnType<typeof files>[string]) {
  const { body, type, name } = file
  const begun = await begin(socket, body, { type, name })
  await put(chat, begun, body)
  const done = await socket.ask('finish_upload', { upload_id: begun.upload_id })
  return { upload_id: begun.upload_id, told: done.status === 'success' ? 'taken' : done.error.message }
}

async function addressOf(chat: { url: string }, socket: TestSocket, upload_id: string): Promise<string> {
  const { seq, _id: message_id } = await sendFiles(socket, 'garden', [{ upload_id }])
  const target = { stream: 'room:garden', seq, message_id, upload_id }
  return new URL((await socket.request('get_attachment_url', target)).url, chat.url).href
}

it('[FI14] refuses files that are not what they are said to be, names that are paths, and empty files', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  for (const [what, file] of Object.entries(files('http://127.0.0.1:1'))) {
    const { told } = await tried(chat, ann, file)
    expect(told, what).toMatch(file.taken ? /^taken$/ : /^It is said to be \S+, and its bytes are /)
  }
  const good = { name: 'x.png', type: 'image/png', size: 1 }
  const wrong = [
    { name: '../../etc/passwd' },
    { name: 'C:\\x.png' },
    { name: '..' },
    { name: 'x\r\nset-cookie: a=b' },
    { name: 'photo\u202egpj.exe' },
    { name: '' },
    { name: 'x'.repeat(256) },
    { type: 'image/png\r\nx: y' },
    { type: 'text/html;charset=utf-7' },
    { size: 0 },
    { size: -1 },
    { sha256: 'x' },
  ]
  for (const one of wrong)
    expect(await ann.refusal('create_upload', { ...good, ...one, cid: cid() }), JSON.stringify(one)).toBe(
      'invalid_payload',
    )
})

it('[FI14] keeps nothing of an upload that is cut off, of no length, or of another kind', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  const large = Buffer.alloc(3_000_000, 1)
  const begun = await begin(ann, large, { type: 'application/octet-stream' })
  const { port } = new URL(chat.url)
  const head = (more: string) =>
    `PUT ${begun.url} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n${more}\r\n\r\n`
  const cut = connect(Number(port), '127.0.0.1')
  cut.write(head(`content-length: ${large.length}`))
  cut.write(large.subarray(0, 1_000_000))
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([expect.any(Number)])
  cut.destroy()
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([])

  const endless = connect(Number(port), '127.0.0.1')
  endless.end(`${head('transfer-encoding: chunked')}1\r\nx\r\n`)
  const [answer] = (await once(endless, 'data')) as [Buffer]
  expect(String(answer)).toMatch(/^HTTP\/1.1 411 [\s\S]*Send the header content-length: 3000000/)
  expect(await ann.refusal('finish_upload', { upload_id: begun.upload_id })).toBe('conflict')
  expect(await filesIn(chat.folder)).toEqual([])
})

it("[FI14] lets nobody use another's upload, a changed address, or one for something else", async () => {
  const chat = await openFileChat()
  const [ann, eve] = [await chat.connect('ann'), await chat.connect('eve')]
  const stranger = await chat.connect('ann', { workspace_id: 'other', api_key: 'other-key' })
  const { upload_id } = await upload(chat, ann)
  for (const one of [eve, stranger]) {
    expect(await one.refusal('finish_upload', { upload_id })).toBe('not_found')
    await one.request('cancel_upload', { upload_id })
    const attachments = [{ upload_id }]
    const message = { room_id: 'garden', message_data: '', cid: cid(), attachments }
    expect(await one.refusal('message_event', message)).toBe('not_found')
  }
  const url = await addressOf(chat, ann, upload_id)
  const begun = await begin(eve, bytes)
  const [token = '', signature = ''] = (new URL(begun.url, chat.url).searchParams.get('t') ?? '').split('.')
  const grant = JSON.parse(Buffer.from(token, 'base64url').toString()) as { file: object }
  const forge = (change: object, sign = signature) => {
    const text = JSON.stringify({ ...grant, ...change })
    return { ...begun, url: `/socket.io/files?t=${Buffer.from(text).toString('base64url')}.${sign}` }
  }
  const forged = [
    forge({ file: { ...grant.file, upload_id } }),
    forge({ file: { ...grant.file, workspace_id: 'other' } }),
    forge({ file: { ...grant.file, upload_id: '../../../x' } }),
    forge({ expires: Number.MAX_SAFE_INTEGER }),
    forge({}, ''),
    { ...begun, url: '/socket.io/files' },
    { ...begun, url: `/socket.io/files?t=${token}` },
  ]
  for (const one of forged) {
    const answer = await put(chat, one, bytes)
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('not an address')])
  }
  expect((await put(chat, { ...begun, url }, bytes)).status).toBe(405)
  expect((await fetch(new URL(begun.url, chat.url))).status).toBe(405)
  expect(await filesIn(chat.folder)).toEqual([bytes.length])
})

describeInChromium('in a browser', ({ open }) => {
  it('[FI15] nothing of a file runs, on any origin, however a page embeds it', async () => {
    const beacon = await openBeacon()
    const http = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html>')
    })
    const own = await listening(http)
    const chat = await openFileChat({ http })
    const ann = await chat.connect('ann')
    const urls: string[] = []
    for (const file of Object.values(files(beacon.url))) {
      const { upload_id, told } = await tried(chat, ann, file)
      if (told === 'taken') urls.push(await addressOf(chat, ann, upload_id))
    }
    expect(urls.length).toBeGreaterThan(8)

    for (const origin of [own, beacon.url]) {
      const { page } = await open(`${origin}/`)
      page.on('dialog', (dialog) => void dialog.dismiss())
      const shown = await page.evaluate(embedAll, urls)
      expect(shown, 'pictures are shown').toBeGreaterThanOrEqual(2)
      // Browsers save what they may not show, which ends the navigation.
      for (const url of urls) await page.goto(url).catch(() => undefined)
      await page.goto(`${origin}/`)
      expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    }
    expect(beacon.ran()).toBe(0)
    await open(`${beacon.url}/control`)
    await expect.poll(() => beacon.ran(), { timeout: 10_000 }).toBe(1)
  })
})

/** Embeds each address in every way that a page knows; answers how many of them are shown as pictures. */
async function embedAll(urls: string[]): Promise<number> {
  const ended = (element: HTMLElement, mostMs: number) =>
    new Promise<boolean>((resolve) => {
      element.onload = () => resolve(true)
      element.onerror = () => resolve(false)
      document.body.append(element)
      setTimeout(() => resolve(false), mostMs)
    })
  const made = (tag: string, attributes: Record<string, string>) => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    return element
  }
  const others = urls.flatMap((src) => [
    ...[made('script', { src }), made('script', { src, type: 'module' }), made('iframe', { src })],
    ...[
      made('object', { data: src }),
      made('embed', { src }),
      made('link', { rel: 'stylesheet', href: src }),
    ],
  ])
  for (const src of urls) {
    try {
      new Worker(src)
    } catch {}
    navigator.serviceWorker?.register(src).catch(() => undefined)
  }
  const pictures = urls.map((src) => ended(made('img', { src }), 20_000))
  const [shown] = await Promise.all([
    Promise.all(pictures),
    Promise.all(others.map((element) => ended(element, 1_000))),
  ])
  return shown.filter(Boolean).length
}
