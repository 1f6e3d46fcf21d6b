import { createHash, randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import { folderAttachments } from '../src/attachments/folder/folder-attachments.ts'
import { unnamedMs } from '../src/attachments/sweeping.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { AnyAnswer, TestSocket } from '../src/testing/test-socket.ts'
import { eraseAll, exportAll, operatorAuth } from './support/erasing.ts'
import { begin, filesIn, newFolder, openFileChat, png, put, sendFiles, upload } from './support/files.ts'
import { keyPepper } from './support/stored-keys.ts'

const bytes = Buffer.from(png)
const cid = () => randomUUID()
const stream = 'room:garden'

/** The code and the words of a refusal. */
function why(answer: AnyAnswer): string {
  return answer.status === 'success' ? 'success' : `${answer.error.code}: ${answer.error.message}`
}

it('[FI1] uploads a file, sends it in a message without a text, and serves it', async () => {
  const chat = await openFileChat()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  for (const one of [ann, ben]) await one.request('join', { room: 'garden' })
  const said = { name: 'Käse & "Brot".png', width: 1, height: 1 }
  const attachment = await upload(chat, ann, bytes, said)
  const { upload_id } = attachment
  expect(attachment).toEqual({ ...said, upload_id, type: 'image/png', size: bytes.length })
  const second = await upload(chat, ann, Buffer.from('a,b\n'), { name: 'a.csv', type: 'text/csv' })
  const message = await sendFiles(ann, 'garden', [second, attachment])
  expect(message).toMatchObject({ message_data: '', attachments: [second, attachment] })
  const heard = await ben.first('entries', ({ entries }) => entries.length > 0)
  expect(heard.entries).toMatchObject([{ _id: message._id, attachments: [second, attachment] }])

  const target = { stream, seq: message.seq, message_id: message._id }
  const urlOf = async (id: string) =>
    new URL((await ben.request('get_attachment_url', { ...target, upload_id: id })).url, chat.url)
  const picture = await fetch(await urlOf(upload_id))
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(bytes)
  const safe = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
  }
  expect(Object.fromEntries(picture.headers)).toMatchObject({
    ...safe,
    'content-type': 'image/png',
    'content-disposition': `inline; filename="K_se & _Brot_.png"; filename*=UTF-8''K%C3%A4se%20%26%20%22Brot%22.png`,
  })
  const table = await fetch(await urlOf(second.upload_id), { headers: { range: 'bytes=1-2' } })
  expect([table.status, await table.text()]).toEqual([206, ',b'])
  expect(Object.fromEntries(table.headers)).toMatchObject({
    ...safe,
    'content-range': 'bytes 1-2/4',
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="a.csv"; filename*=UTF-8''a.csv`,
  })
})

it('[FI2] refuses files where the server keeps none, and does not offer them', async () => {
  const chat = await openFileChat({ attachments: undefined as never })
  const ann = await chat.connect('ann')
  const { can } = await ann.first('hello')
  expect(can.filter((name) => /upload|attachment/.test(name))).toEqual([])
  const refused = await ann.ask('create_upload', { name: 'x', type: 'image/png', size: 1, cid: cid() })
  expect(why(refused)).toBe('forbidden: This server keeps no files')
  const attachments = [{ upload_id: randomUUID() }]
  const message = { room_id: 'garden', message_data: 'x', cid: cid(), attachments }
  expect(why(await ann.ask('message_event', message))).toBe('forbidden: This server keeps no files')
})

it('[FI3] takes at an address what was announced there, once, and says why not else', async () => {
  const chat = await openFileChat({ limits: { uploadMs: 600_000 } })
  const ann = await chat.connect('ann')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const begun = await begin(ann, bytes, { sha256 })
  const tried = async (body: Buffer<ArrayBuffer>, headers = {}) => {
    const answer = await put(chat, begun, body, headers)
    return [answer.status, ((await answer.json()) as { data: string }).data]
  }
  const wrong = Buffer.alloc(bytes.length, 'x')
  const refusals = [
    await tried(Buffer.from('x')),
    await tried(Buffer.concat([bytes, wrong])),
    await tried(bytes, { 'content-type': 'text/html' }),
    await tried(bytes, { 'content-encoding': 'gzip' }),
    await tried(wrong),
  ]
  expect(refusals).toEqual([
    [400, 'The upload was begun for 70 bytes, and these are 1'],
    [413, 'The upload was begun for 70 bytes, and these are 140'],
    [415, 'Send the header content-type: image/png'],
    [415, 'Send the bytes as they are'],
    [400, 'The bytes are not those whose SHA-256 was given'],
  ])
  expect(await filesIn(chat.folder)).toEqual([])
  const served = await fetch(new URL(begun.url, chat.url))
  expect([served.status, served.headers.get('allow')]).toEqual([405, 'PUT'])
  expect((await put(chat, begun, bytes)).status).toBe(201)
  expect(await tried(bytes)).toEqual([409, expect.stringMatching('The file is here already')])
  expect(await filesIn(chat.folder)).toEqual([bytes.length])

  const late = await begin(ann, bytes)
  await chat.server.clock.advance(600_000)
  const expired = await put(chat, late, bytes)
  expect([expired.status, await expired.text()]).toEqual([403, expect.stringContaining('has expired')])
})

it('[FI4] looks at the bytes of an upload once, however many ask to finish it at the same time', async () => {
  const kept = folderAttachments({ folder: await newFolder() })
  const look = vi.fn(kept.look)
  const chat = await openFileChat({ attachments: { ...kept, look } })
  const [ann, tablet] = [await chat.connect('ann'), await chat.connect('ann')]
  const begun = await begin(ann, bytes)
  await put(chat, begun, bytes)
  const finish = (socket: TestSocket) =>
    Array.from({ length: 20 }, () => socket.request('finish_upload', { upload_id: begun.upload_id }))
  const [file, ...others] = await Promise.all([ann, tablet].flatMap(finish))
  expect(others).toEqual(others.map(() => file))
  expect(look).toHaveBeenCalledTimes(1)
})

it('[FI4] checks at the end what has arrived', async () => {
  const chat = await openFileChat()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const begun = await begin(ann, bytes)
  const { upload_id } = begun
  const finish = (socket = ann) => socket.ask('finish_upload', { upload_id })
  expect(why(await finish())).toMatch(/^conflict: The bytes of this upload are not here yet/)
  await put(chat, begun, bytes)
  expect(why(await finish(ben))).toMatch(/^not_found/)
  expect([why(await finish()), why(await finish())]).toEqual(['success', 'success'])

  const text = Buffer.from('<script>alert(1)</script>')
  const lie = await begin(ann, text)
  await put(chat, lie, text)
  const told = await ann.ask('finish_upload', { upload_id: lie.upload_id })
  expect(why(told)).toBe('conflict: It is said to be image/png, and its bytes are not')
  expect(await ann.refusal('finish_upload', { upload_id: lie.upload_id })).toBe('not_found')
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([bytes.length])
})

it('[FI5] begins an upload once for a cid, within what a file and a day may have', async () => {
  const limits = { uploadBytes: 2_000_000, userUploadMiB: 2, workspaceUploadMiB: 3 }
  const chat = await openFileChat({ limits })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const first = { name: 'x', type: 'image/png', size: 1_000_000, cid: cid() }
  const [begun, again] = [
    await ann.request('create_upload', first),
    await ann.request('create_upload', first),
  ]
  expect(again.upload_id).toBe(begun.upload_id)
  expect(why(await ann.ask('create_upload', { ...first, size: 5 }))).toMatch(/^conflict/)
  const large = (socket = ann, size = 1_000_000) =>
    socket.ask('create_upload', { ...first, cid: cid(), size })
  expect(why(await large(ann, 2_000_001))).toBe('limit_reached: A file may have at most 2000000 bytes')
  expect(why(await large())).toBe('success')
  expect(why(await large())).toBe('limit_reached: You may upload 2 MiB a day')
  expect(why(await large(ben))).toBe('success')
  expect(why(await large(ben))).toBe('limit_reached: This workspace may upload 3 MiB a day')
  await chat.server.clock.advance(unnamedMs)
  expect(why(await large(ben))).toBe('success')
})

it('[FI5] leaves to users what guests cannot take of a day, however many somebody is', async () => {
  const limits = { userUploadMiB: 2, guestsUploadMiB: 2, workspaceUploadMiB: 3 }
  const chat = await openFileChat({ limits })
  const large = (socket: TestSocket) =>
    socket.ask('create_upload', { name: 'x', type: 'image/png', size: 1_000_000, cid: cid() })
  const told: string[] = []
  for (let n = 0; n < 3; n += 1) {
    const guest = chat.open({ protocol: 1, workspace_id: 'demo', guest: true })
    await guest.first('hello')
    told.push(why(await large(guest)))
  }
  expect(told).toEqual([
    'success',
    'success',
    'limit_reached: The guests of this workspace may upload 2 MiB a day',
  ])
  expect(why(await large(await chat.connect('ann')))).toBe('success')
})

it('[FI6] lets a message name finished uploads of its sender, each once', async () => {
  const chat = await openFileChat()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const [one, two] = [await upload(chat, ann), await upload(chat, ann)]
  const open = await begin(ann, bytes)
  const send = (socket: typeof ann, ids: string[], more = {}) =>
    socket.ask('message_event', {
      ...{ room_id: 'garden', message_data: '', cid: cid() },
      attachments: ids.map((upload_id) => ({ upload_id })),
      ...more,
    })
  expect(why(await send(ben, [one.upload_id]))).toBe(`not_found: Upload ${one.upload_id} does not exist`)
  expect(why(await send(ann, [one.upload_id, open.upload_id]))).toMatch(/^conflict: .* is not finished$/)
  expect(why(await send(ann, [one.upload_id, one.upload_id]))).toMatch(/^invalid_payload: attachments.1/)
  const more = { cid: cid() }
  const sent = await send(ann, [one.upload_id], more)
  expect(sent).toMatchObject({ status: 'success', data: { attachments: [one] } })
  expect(await send(ann, [one.upload_id], more)).toEqual(sent)
  expect(why(await send(ann, [two.upload_id], more))).toMatch(/^conflict/)
  expect(why(await send(ann, [one.upload_id]))).toMatch(/^conflict: .* belongs to another message$/)
  // What a message was refused with is free again.
  expect(why(await send(ann, [two.upload_id]))).toBe('success')
  expect(why(await ann.ask('cancel_upload', { upload_id: one.upload_id }))).toMatch(
    /^conflict: A message has/,
  )

  const { seq, _id: message_id } = (sent as { data: { seq: number; _id: string } }).data
  await ann.request('delete_message', { stream, seq, message_id, cid: cid() })
  const repeated = await send(ann, [one.upload_id], more)
  expect(repeated).toMatchObject({ status: 'success', data: { _id: message_id, kind: 'removed' } })
  expect(JSON.stringify(repeated)).not.toContain(one.upload_id)
})

it('[FI7] takes files in rooms with members, tickets and threads, and for each of several messages', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', { name: 'billing', cid: cid() })
  const ticket = await ann.request('create_ticket', { product: 'billing', cid: cid() })
  const room = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
  const first = await ann.request('message_event', { room_id: room._id, message_data: 'x', cid: cid() })
  const place = { stream: `room:${room._id}`, seq: first.seq, message_id: first._id }
  await ann.request('start_thread', { ...place, cid: cid() })
  for (const to of [`room:${room._id}`, `ticket:${ticket._id}`, `thread:${first._id}`]) {
    const files = [await upload(chat, ann), await upload(chat, ann)]
    const messages = [...files, { upload_id: randomUUID() }].map(({ upload_id }) => ({
      ...{ message_data: '', cid: cid(), attachments: [{ upload_id }] },
    }))
    const { results } = await ann.request('send_messages', { stream: to, messages })
    expect(results, to).toMatchObject([
      { message: { attachments: [files[0]] } },
      { message: { attachments: [files[1]] } },
      { error: { code: 'not_found' } },
    ])
  }
})

it('[FI8] gives the address of a file to those who may read its message, as long as it is there', async () => {
  const chat = await openFileChat()
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const room = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: cid() })
  const [file, other] = [await upload(chat, ann), await upload(chat, ann)]
  const { seq, _id: message_id } = await sendFiles(ann, room._id, [file])
  const target = { stream: `room:${room._id}`, seq, message_id, upload_id: file.upload_id }
  const { url, expires_at } = await ben.request('get_attachment_url', target)
  const status = async () => (await fetch(new URL(url, chat.url))).status
  expect(await status()).toBe(200)
  const nobody = await eve.ask('get_attachment_url', target)
  const wrong = [{ upload_id: other.upload_id }, { seq: 9 }, { message_id: randomUUID() }]
  for (const change of wrong)
    expect(why(await ben.ask('get_attachment_url', { ...target, ...change }))).toMatch(/^not_found/)
  const missing = { ...target, stream: `room:~${randomUUID()}` }
  expect(why(nobody).replace(room._id, '')).toBe(
    why(await eve.ask('get_attachment_url', missing)).replace(missing.stream.slice(5), ''),
  )
  await ann.request('remove_members', { room: room._id, members: ['ben'] })
  expect(why(await ben.ask('get_attachment_url', target))).toMatch(/^not_found/)

  const minutes = (Date.parse(expires_at) - chat.server.clock.now()) / 60_000
  expect(Math.round(minutes)).toBe(5)
  await chat.server.clock.advance(5 * 60_000)
  expect(await status()).toBe(403)
  const fresh = await ann.request('get_attachment_url', target)
  await ann.request('delete_message', { stream: target.stream, seq, message_id, cid: cid() })
  expect(why(await ann.ask('get_attachment_url', target))).toMatch(/^not_found/)
  const gone = async () => (await fetch(new URL(fresh.url, chat.url))).status
  await expect.poll(gone, { timeout: 10_000 }).toBe(404)
})

it('[FI10] removes an upload that no message names, on demand and after a day', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  const begun = await begin(ann, bytes)
  await put(chat, begun, bytes)
  const { upload_id } = begun
  for (let n = 0; n < 2; n += 1)
    expect(await ann.request('cancel_upload', { upload_id })).toEqual({ upload_id })
  expect(await ann.refusal('finish_upload', { upload_id })).toBe('not_found')
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([])
  // The address is still valid: what comes by it goes again.
  expect((await put(chat, begun, bytes)).status).toBe(201)
  await chat.server.clock.advance(3 * 3_600_000)
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([])

  const [kept, lost] = [await upload(chat, ann), await upload(chat, ann)]
  await sendFiles(ann, 'garden', [kept])
  const interrupted = await begin(ann, bytes)
  await put(chat, interrupted, bytes)
  await chat.server.clock.advance(unnamedMs)
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([bytes.length])
  for (const { upload_id } of [lost, interrupted])
    expect(await ann.refusal('finish_upload', { upload_id })).toBe('not_found')
  await chat.server.clock.advance(unnamedMs)
  expect(await filesIn(chat.folder)).toEqual([bytes.length])
})

it('[FI11] tells V2 clients the names of files where a message has no text', async () => {
  const chat = await openFileChat()
  const [ann, page] = [await chat.connect('ann'), await chat.connectV2()]
  await page.ask('join', { room: 'garden' })
  const files = [
    await upload(chat, ann, bytes, { name: 'a.png' }),
    await upload(chat, ann, bytes, { name: 'b.png' }),
  ]
  await sendFiles(ann, 'garden', files)
  await sendFiles(ann, 'garden', [await upload(chat, ann)], { message_data: 'Look' })
  await page.settle()
  const texts = page.frames.filter(([event]) => event === 'my_response').map(([, data]) => data)
  expect(texts).toMatchObject([{}, { data: 'a.png\nb.png' }, { data: 'Look' }])
  const later = await chat.connectV2()
  later.socket.emit('join', { room: 'garden' })
  await later.settle()
  expect(JSON.stringify(later.frames)).toContain('a.png\\nb.png')
})

it('[FI12] lets only pages of the own origins send and fetch files', async () => {
  const origins = ['https://chat.example', 'https://other.example']
  const workspaces = [
    { id: 'demo', keys: ['demo-key'], origins: ['https://chat.example'] },
    { id: 'other', keys: ['other-key'] },
  ]
  const chat = await openFileChat({ origins, workspaces, v2: undefined as never })
  const ann = await chat.connect('ann')
  const begun = await begin(ann, bytes)
  const ask = async (method: string, origin: string, body?: Blob) => {
    const headers = { origin, 'content-type': 'image/png', 'access-control-request-method': 'PUT' }
    const answer = await fetch(new URL(begun.url, chat.url), { method, headers, ...(body && { body }) })
    return [answer.status, answer.headers.get('access-control-allow-origin')]
  }
  for (const origin of ['https://evil.example', 'https://other.example', 'null'])
    for (const method of ['OPTIONS', 'PUT'])
      expect(await ask(method, origin, method === 'PUT' ? new Blob([bytes]) : undefined)).toEqual([403, null])
  expect(await ask('OPTIONS', 'https://chat.example')).toEqual([204, 'https://chat.example'])
  expect(await ask('PUT', 'https://chat.example', new Blob([bytes]))).toEqual([201, 'https://chat.example'])
})

it('[FI13] removes files with the retention of their messages', async () => {
  const day = 24 * 3_600_000
  const workspaces = [{ id: 'demo', keys: ['demo-key'], retentionDays: 2 }]
  const chat = await openFileChat({ workspaces, v2: undefined as never })
  const ann = await chat.connect('ann')
  await sendFiles(ann, 'garden', [await upload(chat, ann)])
  await chat.server.clock.advance(1.5 * day)
  const young = Buffer.concat([bytes, bytes])
  await sendFiles(ann, 'garden', [await upload(chat, ann, young)])
  await chat.server.clock.advance(day)
  const left = async () => {
    await chat.server.clock.advance(60_000)
    return filesIn(chat.folder)
  }
  await expect.poll(left, { timeout: 10_000 }).toEqual([young.length])
})

it('[FI16] exports the files of a person, and leaves none of them once they are erased', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openFileChat({ store, keyPepper })
  const operator = await chat.connect('operator', await operatorAuth(store, keyPepper, ['erase', 'export']))
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  const [sent, waiting] = [await upload(chat, ann, bytes, { name: 'canary.png' }), await upload(chat, ann)]
  const { seq } = await sendFiles(ann, 'garden', [sent])
  const bens = Buffer.concat([bytes, bytes])
  await sendFiles(ben, 'garden', [await upload(chat, ben, bens)])

  const rows = await exportAll(operator, 'ann')
  const uploads = rows.flatMap(({ collection, row }) => (collection === 'uploads' ? row : []))
  expect(uploads).toMatchObject([
    { _id: sent.upload_id, name: 'canary.png', size: bytes.length, state: 'named', stream },
    { _id: waiting.upload_id, state: 'finished' },
  ])
  expect(rows.some(({ collection }) => collection === 'upload_days')).toBe(true)
  await eraseAll(operator, 'ann')
  expect(await exportAll(operator, 'ann')).toEqual([])
  await expect.poll(() => filesIn(chat.folder), { timeout: 10_000 }).toEqual([bens.length])
  const text = await store.streams.message({ workspace_id: 'demo', stream }, seq)
  expect(text).not.toContain('canary')
  expect(JSON.stringify(await store.uploads.due('9999-01-01T00:00:00.000Z'))).not.toMatch(/canary|"ann"/)
})
