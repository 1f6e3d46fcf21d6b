import { readFile, stat, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { contentDisposition } from '../src/attachments/disposition.ts'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import { rangeOf } from '../src/attachments/folder/range.ts'
import { Senders } from '../src/attachments/folder/senders.ts'
import { kindProblem, servingOf } from '../src/attachments/kinds.ts'
import { StartError } from '../src/errors.ts'
import { begin, filesIn, newFolder, openFileChat, png, put, upload } from './support/files.ts'
import { addressOf } from './support/hostile-files.ts'
import { standStill } from './support/stand-still.ts'

const bytes = Buffer.from(png)

function openTcp(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Begins to send an upload of so many bytes, of which ten come at once. */
function openUpload(chat: { url: string }, { url }: { url: string }, size: number, headers = ''): Socket {
  const upload = openTcp(chat.url)
  const head = `content-type: image/png\r\nconnection: close\r\ncontent-length: ${size}\r\n`
  upload.write(`PUT ${url} HTTP/1.1\r\nhost: x\r\n${head}${headers}\r\n`)
  upload.write(Buffer.alloc(10, 'x'))
  return upload
}

/** Goes on sending, a byte at a time. The answer stops that, and says how many bytes were sent. */
function trickle(upload: Socket): () => number {
  let sent = 0
  const timer = setInterval(() => {
    upload.write('x')
    sent += 1
  }, 20)
  onTestFinished(() => clearInterval(timer))
  return () => {
    clearInterval(timer)
    return sent
  }
}

/** Everything that a connection gets until the server ends it. */
async function untilEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => socket.once('close', resolve))
  return Buffer.concat(chunks).toString()
}

it('[FI26] takes a bounded number of uploads at a time, whose bodies may take long, unlike those of others', async () => {
  const chat = await openFileChat({
    limits: { uploadsAtOnce: 1, httpHeadersMs: 5_000, httpRequestMs: 5_000, uploadMs: 60_000 },
  })
  const ann = await chat.connect('ann')
  const [slow, other] = [await begin(ann, bytes), await begin(ann, bytes)]
  const upload = openTcp(chat.url)
  const head = `content-type: image/png\r\nconnection: close\r\ncontent-length: ${bytes.length}\r\n\r\n`
  upload.write(`PUT ${slow.url} HTTP/1.1\r\nhost: x\r\n${head}`)
  upload.write(bytes.subarray(0, 10))
  await expect.poll(() => filesIn(chat.folder)).toEqual([10])
  const busy = await put(chat, other, bytes)
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2'])

  const late = openTcp(chat.url)
  late.write('POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n4')
  expect(await untilEnd(late)).toMatch(/^(HTTP\/1.1 4|$)/)
  upload.write(bytes.subarray(10))
  expect(await untilEnd(upload)).toMatch(/^HTTP\/1.1 201 /)
  expect((await put(chat, other, bytes)).status).toBe(201)
})

it('[FI26] ends an upload of which nothing comes any more, and has its place for others', async () => {
  const chat = await openFileChat({ limits: { uploadsAtOnce: 1, httpSilenceMs: 1_000 } })
  const ann = await chat.connect('ann')
  const silent = openUpload(chat, await begin(ann, bytes), bytes.length)
  expect(await untilEnd(silent)).toBe('')
  await expect.poll(() => filesIn(chat.folder)).toEqual([])
  expect((await put(chat, await begin(ann, bytes), bytes)).status).toBe(201)
})

it('[FI28] takes an upload from one sender, however many send it side by side', async () => {
  const chat = await openFileChat({ limits: { uploadsAtOnce: 2 } })
  const ann = await chat.connect('ann')
  const whole = Buffer.alloc(100_000, 'x')
  const begun = await begin(ann, whole)
  const first = openUpload(chat, begun, whole.length)
  const stop = trickle(first)
  await expect.poll(() => filesIn(chat.folder)).toHaveLength(1)
  const refused = await Promise.all(Array.from({ length: 20 }, () => put(chat, begun, whole)))
  for (const answer of refused) {
    expect(answer.status).toBe(409)
    expect(await answer.text()).toContain('The file is being sent already')
  }
  expect(await filesIn(chat.folder)).toHaveLength(1)
  expect((await put(chat, await begin(ann, bytes), bytes)).status).toBe(201)
  first.write(whole.subarray(10 + stop()))
  expect(await untilEnd(first)).toMatch(/^HTTP\/1\.1 201 /)
})

it('[FI28] takes no sender for lost whose bytes came while the server stood still', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  const begun = await begin(ann, bytes)
  const first = openUpload(chat, begun, bytes.length)
  await expect.poll(() => filesIn(chat.folder)).toEqual([10])
  const add = vi.spyOn(Senders.prototype, 'add')
  onTestFinished(() => add.mockRestore())
  const refused = put(chat, begun, bytes)
  await expect.poll(() => add.mock.calls.length, { interval: 1 }).toBe(1)
  // From here the loop goes on with its timers, and reads after them.
  await new Promise((resolve) => setImmediate(resolve))
  first.write(bytes.subarray(10, 20))
  standStill(2_000)
  expect((await refused).status).toBe(409)
  first.write(bytes.subarray(20))
  expect(await untilEnd(first)).toMatch(/^HTTP\/1\.1 201 /)
})

it('[FI28] lets a sender begin again whose connection is lost, though it has not ended yet', async () => {
  const chat = await openFileChat({ limits: { uploadsAtOnce: 1 } })
  const begun = await begin(await chat.connect('ann'), bytes)
  const lost = untilEnd(openUpload(chat, begun, bytes.length))
  await expect.poll(() => filesIn(chat.folder)).toEqual([10])
  const again = await Promise.all([put(chat, begun, bytes), put(chat, begun, bytes)])
  expect(again.map(({ status }) => status).sort()).toEqual([201, 409])
  expect(await lost).toBe('')
  await expect.poll(() => filesIn(chat.folder)).toEqual([bytes.length])
})

it('[FI28] takes no more uploads from one network than it may have, and those of others', async () => {
  const limits = { uploadsAtOnce: 3, addressUploadsAtOnce: 2 }
  const chat = await openFileChat({ limits, trustedProxies: ['127.0.0.1'] })
  const ann = await chat.connect('ann')
  const from = (address: string) => `x-forwarded-for: ${address}\r\n`
  const uploads = []
  for (const address of ['2001:db8::1', '2001:db8::2'])
    uploads.push(openUpload(chat, await begin(ann, bytes), bytes.length, from(address)))
  await expect.poll(() => filesIn(chat.folder)).toEqual([10, 10])
  const other = await begin(ann, bytes)
  const busy = await put(chat, other, bytes, { 'x-forwarded-for': '2001:db8::3' })
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '2'])
  expect(await busy.text()).toContain('from this address')
  expect((await put(chat, other, bytes, { 'x-forwarded-for': '2001:db8:0:1::1' })).status).toBe(201)
  for (const upload of uploads) upload.destroy()
  const later = await begin(ann, bytes)
  const again = () => put(chat, later, bytes, { 'x-forwarded-for': '2001:db8::3' })
  await expect.poll(async () => (await again()).status).toBe(201)
})

it('[FI26] keeps its files where nobody else reads them, and one secret for all servers', async () => {
  const folder = await newFolder()
  const [east, west] = [folderAttachments({ folder }), folderAttachments({ folder })]
  const chat = await openFileChat({ attachments: east })
  const begun = await begin(await chat.connect('ann'), bytes)
  const other = await openFileChat({ attachments: west })
  expect((await put(other, begun, bytes)).status).toBe(201)
  const own = await openFileChat({
    attachments: folderAttachments({ folder, secret: 'another secret of 16' }),
  })
  expect((await put(own, begun, bytes)).status).toBe(403)
  const secret = await readFile(join(folder, '.secret'), 'utf8')
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  expect(begun.url).not.toContain(secret)
  const { mode } = await stat(join(folder, 'demo', begun.upload_id.slice(-2), begun.upload_id))
  expect(mode & 0o077).toBe(0)
})

it('[FI26] refuses at the start what it could not use', async () => {
  const folder = await newFolder()
  for (const options of [{ secret: 'short' }, { url: 'chat.example' }, { url: 'https://chat.example/x' }])
    expect(() => folderAttachments({ folder, ...options })).toThrow(StartError)
  const host = {} as never
  const file = join(folder, 'file')
  await writeFile(file, '')
  await expect(folderAttachments({ folder: join(file, 'x') }).open(host)).rejects.toThrow(StartError)
})

describe('what is served', () => {
  it('[FI1] is kept by browsers for the origin that asked alone: what showed it as a picture hears less than a page', async () => {
    const chat = await openFileChat()
    const ann = await chat.connect('ann')
    const { upload_id } = await upload(chat, ann)
    const url = await addressOf(chat, ann, upload_id)
    for (const headers of [{}, { origin: 'https://chat.example' }, { range: 'bytes=900-' }]) {
      const answer = await fetch(url, { headers })
      await answer.arrayBuffer()
      expect(answer.headers.get('vary'), JSON.stringify(headers)).toBe('origin')
    }
  })

  it('[FI1] has the part of a file that is asked for', () => {
    const cases: [string | undefined, unknown][] = [
      [undefined, 'all'],
      ['bytes=0-3', { start: 0, end: 3 }],
      ['bytes=4-', { start: 4, end: 9 }],
      ['bytes=-3', { start: 7, end: 9 }],
      ['bytes=-30', { start: 0, end: 9 }],
      ['bytes=5-99', { start: 5, end: 9 }],
      ['bytes=10-', 'none'],
      ['bytes=-0', 'none'],
      ['bytes=5-2', 'all'],
      ['bytes=0-1,3-4', 'all'],
      ['lines=1-2', 'all'],
      ['bytes=-', 'all'],
    ]
    for (const [header, range] of cases) expect(rangeOf(header, 10), header).toEqual(range)
  })

  it('[FI1] has its name in a form that old and new clients read, and that ends no header', () => {
    expect(contentDisposition('attachment', 'a"b;c\\d%.txt')).toBe(
      `attachment; filename="a_b_c_d_.txt"; filename*=UTF-8''a%22b%3Bc%5Cd%25.txt`,
    )
    expect(contentDisposition('inline', "日本 (1)'*.png")).toBe(
      `inline; filename="__ (1)'*.png"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%20%281%29%27%2A.png`,
    )
  })

  it('[FI1] is shown where it is a picture, a sound or a film, under the type of its bytes', async () => {
    const shown = [
      'image/png',
      'image/jpeg',
      'image/gif',
      'image/webp',
      'audio/mpeg',
      'video/mp4',
      'audio/webm',
    ]
    for (const type of shown) expect(servingOf(type)).toEqual({ type, disposition: 'inline' })
    const saved = [
      'image/svg+xml',
      'text/html',
      'application/xml',
      'text/xml',
      'application/pdf',
      'text/plain',
    ]
    for (const type of [...saved, 'image/x-unknown', 'text/javascript'])
      expect(servingOf(type)).toEqual({ type: 'application/octet-stream', disposition: 'attachment' })
    const webm = Buffer.from('1a45dfa3934282847765626d', 'hex')
    const mp4 = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom\0\0\0\0isomiso2')])
    const pdf = Buffer.from('%PDF-1.6\n')
    const windows = [
      'application/vnd.microsoft.portable-executable',
      'application/x-ms-dos-executable',
      'application/x-msdownload',
    ]
    const linux = ['application/x-executable', 'application/x-sharedlib', 'application/vnd.appimage']
    const fitting: (readonly [string, Buffer])[] = [
      ['audio/webm', webm],
      ['video/webm', webm],
      ['video/mp4', mp4],
      ['audio/mp4', mp4],
      ['image/jpg', Buffer.from('ffd8ffe000104a4649460001', 'hex')],
      ['text/plain', Buffer.from('hello')],
      ['application/zip', Buffer.from('504b0304140000000000', 'hex')],
      ['application/vnd.example', Buffer.from('504b0304140000000000', 'hex')],
      // What browsers call them, by their names.
      ...['application/postscript', 'application/illustrator'].map((type) => [type, pdf] as const),
      ...windows.map((type) => [type, Buffer.from('MZ'.padEnd(200, '\0'))] as const),
      ...linux.map((type) => [type, Buffer.from('\x7fELF'.padEnd(200, '\0'))] as const),
    ]
    for (const [type, first] of fitting) expect(await kindProblem(type, first), type).toBeUndefined()
    expect(await kindProblem('video/mp4', webm)).toBe(
      'It is said to be video/mp4, and its bytes are video/webm',
    )
    expect(await kindProblem('image/png', mp4)).toMatch('its bytes are video/mp4')
    expect(await kindProblem('application/msword', pdf)).toMatch('its bytes are application/pdf')
    expect(await kindProblem('application/postscript', bytes)).toMatch('its bytes are image/png')
  })
})
