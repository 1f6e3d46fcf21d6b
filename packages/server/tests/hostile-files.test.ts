import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

import { expect, it } from 'vitest'
import { begin, filesIn, openFileChat, png, put, upload } from './support/files.ts'
import { addressOf, hostileFiles, tried } from './support/hostile-files.ts'

const bytes = Buffer.from(png)
const cid = () => randomUUID()

it('[FI14] refuses files that are not what they are said to be, names that are paths, and empty files', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  for (const [what, file] of Object.entries(hostileFiles('http://127.0.0.1:1'))) {
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
