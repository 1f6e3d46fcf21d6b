import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttachmentStore } from '../src/attachments/attachment-store.ts'
import { s3Attachments } from '../src/attachments/s3/s3-attachments.ts'
import { unnamedMs } from '../src/attachments/sweeping.ts'
import { StartError } from '../src/errors.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { TestSocket } from '../src/testing/test-socket.ts'
import { begin, openFileChat, png, put, sendFiles, upload } from './support/files.ts'
import { gate } from './support/gate.ts'
import { noS3, S3Process } from './support/s3-process.ts'

const bytes = Buffer.from(png)

describe.skipIf(noS3)(`a bucket${noS3 ? `, which is not here: ${noS3}` : ''}`, () => {
  let s3: S3Process
  beforeAll(async () => {
    s3 = await S3Process.start('a b/incoming/demo', 'a b/files/demo')
  })
  afterAll(() => s3.stop())

  async function openScene() {
    const chat = await openFileChat({ attachments: s3Attachments({ ...s3.options, prefix: 'a b/' }) })
    return { chat, ann: await chat.connect('ann') }
  }

  it('[FI20] has the bytes, which clients send and fetch there by signed addresses', async () => {
    const { chat, ann } = await openScene()
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const begun = await begin(ann, bytes, { name: 'Käse.png', sha256 })
    expect(new URL(begun.url).origin).toBe(s3.options.endpoint)
    expect((await put(chat, begun, bytes)).status).toBe(200)
    const file = await ann.request('finish_upload', { upload_id: begun.upload_id })
    expect(await ann.request('finish_upload', { upload_id: begun.upload_id })).toEqual(file)
    const { seq, _id: message_id } = await sendFiles(ann, 'garden', [file])
    const target = { stream: 'room:garden', seq, message_id, upload_id: file.upload_id }
    const { url } = await ann.request('get_attachment_url', target)

    const answer = await fetch(url)
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('content-disposition')).toBe(
      `inline; filename="K_se.png"; filename*=UTF-8''K%C3%A4se.png`,
    )
    const asPage = url.replace('image%2Fpng', 'text%2Fhtml')
    expect(asPage).not.toBe(url)
    for (const forged of [asPage, url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=')])
      expect((await fetch(forged)).status).toBe(403)
  })

  it('[FI21] never changes a file that is finished, though its address lets bytes come again', async () => {
    const { chat, ann } = await openScene()
    const begun = await begin(ann, bytes)
    await put(chat, begun, bytes)
    const file = await ann.request('finish_upload', { upload_id: begun.upload_id })
    const { seq, _id: message_id } = await sendFiles(ann, 'garden', [file])
    expect((await put(chat, begun, Buffer.alloc(bytes.length, 'x'))).status).toBe(200)
    const target = { stream: 'room:garden', seq, message_id, upload_id: file.upload_id }
    const { url } = await ann.request('get_attachment_url', target)
    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(bytes)

    await ann.request('delete_message', { stream: 'room:garden', seq, message_id, cid: crypto.randomUUID() })
    await expect.poll(async () => (await fetch(url)).status, { timeout: 10_000 }).toBe(404)
  })

  it('[FI4] finishes an upload for each of two who ask two servers at the same time, and keeps what the first one has checked', async () => {
    const bucket = s3Attachments({ ...s3.options, prefix: 'a b/' })
    const { opened, open } = gate()
    let found = 0
    let keeping = Promise.resolve(true)
    const attachments: AttachmentStore = {
      ...bucket,
      // Both have found it before the first one has kept it.
      async look(...args) {
        const start = await bucket.look(...args)
        found += 1
        if (found === 2) open()
        await opened
        return start
      },
      keep(...args) {
        keeping = keeping.then(() => bucket.keep(...args))
        return keeping
      },
    }
    const store = await embeddedStore({ path: ':memory:' })
    const chat = await openFileChat({ attachments, store })
    const other = await openFileChat({ attachments, store: { ...store, close: async () => {} } })
    const [ann, tablet] = [await chat.connect('ann'), await other.connect('ann')]
    const begun = await begin(ann, bytes)
    await put(chat, begun, bytes)
    const finish = (socket: TestSocket) => socket.request('finish_upload', { upload_id: begun.upload_id })
    const [first, second] = await Promise.all([finish(ann), finish(tablet)])
    expect(second).toEqual(first)
    await sendFiles(ann, 'garden', [first])
  })

  it('[FI22] takes nothing but what was announced', async () => {
    const { chat, ann } = await openScene()
    const html = Buffer.from('<script>alert(1)</script>')
    const short = await begin(ann, bytes)
    expect((await put(chat, short, html)).status).toBe(403)
    expect((await put(chat, short, bytes, { 'content-type': 'text/html' })).status).toBe(403)
    const missing = await ann.ask('finish_upload', { upload_id: short.upload_id })
    expect(missing).toMatchObject({
      error: { code: 'conflict', message: expect.stringContaining('not here yet') },
    })
    const lies: [Buffer<ArrayBuffer>, object, RegExp][] = [
      [html, {}, /said to be image\/png, and its bytes are not/],
      [bytes, { sha256: '0'.repeat(64) }, /not those whose SHA-256/],
    ]
    for (const [body, said, why] of lies) {
      const begun = await begin(ann, body, said)
      expect((await put(chat, begun, body)).status).toBe(200)
      const refused = await ann.ask('finish_upload', { upload_id: begun.upload_id })
      expect(refused).toMatchObject({ error: { code: 'conflict', message: expect.stringMatching(why) } })
    }
  })

  it('[FI23] loses the bytes of uploads that no message names', async () => {
    const { chat, ann } = await openScene()
    const attachments = s3Attachments({ ...s3.options, prefix: 'a b/' })
    await attachments.open({} as never)
    const file = await upload(chat, ann)
    const key = {
      workspace_id: 'demo',
      upload_id: file.upload_id,
      type: file.type,
      size: file.size,
      sha256: null,
    }
    expect(await attachments.look(key, 10)).not.toBeNull()
    await chat.server.clock.advance(unnamedMs)
    await expect.poll(() => attachments.look(key, 10), { timeout: 10_000 }).toBeNull()
  })

  it('[FI24] is tried at the start, which says what is wrong', async () => {
    const wrong = [
      { secretAccessKey: 'wrong' },
      { endpoint: 'http://127.0.0.1:1' },
      { endpoint: 'nowhere' },
      { bucket: '../x' },
    ]
    for (const options of wrong) {
      const open = async () => s3Attachments({ ...s3.options, ...options }).open({} as never)
      const problem = await open().catch((error: unknown) => error)
      expect(problem, JSON.stringify(options)).toBeInstanceOf(StartError)
      expect((problem as Error).message).not.toContain(s3.options.secretAccessKey)
    }
  })

  it('[FI25] that is down fails what needs it as unavailable, and nothing else', async () => {
    const own = await S3Process.start()
    const chat = await openFileChat({ attachments: s3Attachments({ ...own.options, timeoutMs: 5_000 }) })
    const ann = await chat.connect('ann')
    const begun = await begin(ann, bytes)
    await put(chat, begun, bytes)
    await own.stop()
    expect(await ann.refusal('finish_upload', { upload_id: begun.upload_id })).toBe('unavailable')
    await ann.request('message_event', { room_id: 'garden', message_data: 'x', cid: crypto.randomUUID() })
  })
})
