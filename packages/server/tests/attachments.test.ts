import { randomUUID } from 'node:crypto'
import { expect, it, vi } from 'vitest'
import { begin, filesIn, openFileChat, png, put, sendFiles, upload } from './support/files.ts'

vi.setConfig({ testTimeout: 30_000 })

const bytes = Buffer.from(png)

it('[FI1] uploads a file, sends it in a message without a text, and serves it', async () => {
  const chat = await openFileChat()
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  for (const one of [ann, ben]) await one.request('join', { room: 'garden' })
  const said = { name: 'Käse & "Brot".png', width: 1, height: 1 }
  const attachment = await upload(chat, ann, bytes, said)
  expect(attachment).toEqual({
    ...said,
    upload_id: attachment.upload_id,
    type: 'image/png',
    size: bytes.length,
  })
  const message = await sendFiles(ann, 'garden', [attachment])
  expect(message).toMatchObject({ message_data: '', attachments: [attachment] })
  const heard = await ben.first('entries', ({ entries }) => entries.length > 0)
  expect(heard.entries).toMatchObject([{ _id: message._id, attachments: [attachment] }])

  const target = { stream: 'room:garden', seq: message.seq, message_id: message._id }
  const { url } = await ben.request('get_attachment_url', { ...target, upload_id: attachment.upload_id })
  const answer = await fetch(new URL(url, chat.url))
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': `inline; filename="K_se & _Brot_.png"; filename*=UTF-8''K%C3%A4se%20%26%20%22Brot%22.png`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'cross-origin',
  })
})

it('[FI2] refuses files where the server keeps none, and does not offer them', async () => {
  const chat = await openFileChat({ attachments: undefined as never })
  const ann = await chat.connect('ann')
  const { can } = await ann.first('hello')
  expect(can.filter((name) => /upload|attachment/.test(name))).toEqual([])
  const payload = { name: 'x', type: 'image/png', size: 1, cid: randomUUID() }
  expect(await ann.refusal('create_upload', payload)).toBe('forbidden')
})

it('[FI3] takes the bytes of an upload once', async () => {
  const chat = await openFileChat()
  const ann = await chat.connect('ann')
  const begun = await begin(ann, bytes)
  expect((await put(chat, begun, bytes)).status).toBe(201)
  expect((await put(chat, begun, bytes)).status).toBe(409)
  expect(await filesIn(chat.folder)).toEqual([bytes.length])
})
