import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createChatClient } from '../client.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { authOf, until } from '../testing/chat.ts'
import { addressOf } from './addresses.ts'
import { putFile } from './put-file.ts'

async function openFake() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const sent = (name: string) =>
    fake.requests.filter((one) => one.name === name).map(({ payload }) => payload as Record<string, unknown>)
  return { fake, sent }
}

const picture = (name = 'a.png', bytes = 'bytes') => new File([bytes], name, { type: 'image/png' })

it('[UP1] uploads a file, and sends it with a message that may have no text', async () => {
  const { fake, sent } = await openFake()
  const heard: number[] = []
  const attachment = await fake.attachments.upload(picture(), { onProgress: (now) => heard.push(now) })
  expect(attachment).toMatchObject({ name: 'a.png', type: 'image/png', size: 5 })
  expect(heard.at(-1)).toBe(1)
  const message = await fake.rooms.messages('lobby').send('', { attachments: [attachment] })
  expect(message).toMatchObject({ message_data: '', attachments: [attachment] })
  expect(sent('message_event')).toMatchObject([{ attachments: [{ upload_id: attachment.upload_id }] }])
  // No other message gets it.
  const again = fake.rooms.messages('lobby').send('Again', { attachments: [attachment] })
  await expect(again).rejects.toMatchObject({ code: 'conflict' })
  await expect(fake.rooms.messages('lobby').send('', { attachments: [] })).rejects.toMatchObject({
    code: 'invalid_payload',
  })
})

it('[UP2] says what the file is: its name without folders, its type without parameters, what is given', async () => {
  const { fake, sent } = await openFake()
  const shape = { width: 3, height: 2, duration_ms: 1_500, sha256: 'a'.repeat(64) }
  await fake.attachments.upload(
    new File(['x'], '../a\u202eb\n.webm', { type: 'Audio/WebM;codecs=opus' }),
    shape,
  )
  await fake.attachments.upload(new Blob(['x']))
  await fake.attachments.upload(new Blob(['x'], { type: 'nonsense' }), { name: `${'n'.repeat(300)}.tar` })
  expect(sent('create_upload')).toMatchObject([
    { name: '.._ab.webm', type: 'audio/webm', size: 1, ...shape },
    { name: 'file', type: 'application/octet-stream' },
    { name: `${'n'.repeat(251)}.tar`, type: 'application/octet-stream' },
  ])
  expect(Object.keys(sent('create_upload')[1] ?? {}).sort()).toEqual(['cid', 'name', 'size', 'type'])
})

it('[UP3] uploads two at a time, in the order of the calls, and the next when one is cancelled', async () => {
  const { fake, sent } = await openFake()
  const release = fake.hold('finish_upload')
  const cancelled = new AbortController()
  const first = fake.attachments.upload(picture('1.png'), { signal: cancelled.signal })
  const others = ['2.png', '3.png'].map((name) => fake.attachments.upload(picture(name)))
  const waiting = new AbortController()
  const fourth = fake.attachments.upload(picture('4.png'), { signal: waiting.signal })
  const names = () => sent('create_upload').map(({ name }) => name)
  await expect.poll(() => sent('finish_upload').length).toBe(2)
  expect(names()).toEqual(['1.png', '2.png'])
  waiting.abort()
  await expect(fourth).rejects.toThrow('abort')
  cancelled.abort()
  release()
  await expect(first).rejects.toThrow('abort')
  await Promise.all(others)
  expect(names()).toEqual(['1.png', '2.png', '3.png'])
  // What was cancelled is taken back, what never began is not.
  await expect.poll(() => sent('cancel_upload').length).toBe(1)
})

it('[UP4] goes on with the same upload over a cut, and ends with what the server says', async () => {
  const { fake, sent } = await openFake()
  const release = fake.hold('create_upload')
  const uploading = fake.attachments.upload(picture())
  await expect.poll(() => sent('create_upload').length).toBe(1)
  fake.goOffline()
  await fake.goOnline()
  release()
  await uploading
  const cids = sent('create_upload').map(({ cid }) => cid)
  expect(cids.length).toBe(2)
  expect(new Set(cids).size).toBe(1)
  fake.fail('create_upload', 'limit_reached', 'No room until tomorrow')
  await expect(fake.attachments.upload(picture())).rejects.toMatchObject({
    code: 'limit_reached',
    message: 'No room until tomorrow',
  })
})

it('[UP4] takes what a proxy answers for now as no answer', async () => {
  const statuses = [408, 425, 429, 413, 200]
  const proxy = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(statuses.shift() ?? 500).end('Said by a proxy'))
  })
  onTestFinished(() => void proxy.close())
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const { port } = proxy.address() as AddressInfo
  const put = () =>
    putFile(
      picture(),
      { url: `http://127.0.0.1:${port}/`, headers: [] },
      { onProgress() {}, signal: undefined },
    )
  for (const _ of [1, 2, 3]) expect(await put()).toEqual({ status: 0, text: '' })
  expect(await put()).toEqual({ status: 413, text: 'Said by a proxy' })
  expect(await put()).toBeUndefined()
})

it('[UP6] keeps an address for minutes, shares a request, and knows no file of a message that is not sent', async () => {
  const { fake, sent } = await openFake()
  const attachment = fixtures.attachment()
  fake.receive(fixtures.message({ attachments: [attachment] }))
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  const { messages } = await until(lobby, (state) => state.messages.length === 1)
  const [row] = messages
  if (!row) throw new Error('There is a message')
  const urls = await Promise.all([1, 2].map(() => fake.attachments.url(row, attachment)))
  expect(urls[0]).toBe(urls[1])
  expect(sent('get_attachment_url')).toHaveLength(1)
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 4 * 60_000)
  onTestFinished(() => clock.mockRestore())
  await fake.attachments.url(row, attachment)
  expect(sent('get_attachment_url')).toHaveLength(2)
  const unsent = { ...row.message, _id: null, seq: null, nth: null }
  await expect(
    fake.attachments.url({ ...row, message: unsent } as unknown as typeof row, attachment),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(fake.attachments.url(row, fixtures.attachment())).rejects.toMatchObject({ code: 'not_found' })
})

it('[UP7] shows its own file from memory, before and after its message is sent, until nobody shows it', async () => {
  const { fake, sent } = await openFake()
  const attachment = await fake.attachments.upload(picture())
  const lobby = fake.rooms.messages('lobby')
  onTestFinished(lobby.retain())
  const release = fake.hold('message_event')
  void lobby.send('', { attachments: [attachment] })
  const { messages } = await until(lobby, (state) => state.messages.length === 1)
  const [row] = messages
  if (!row) throw new Error('There is a message')
  expect(row).toMatchObject({ delivery: 'sending', message: { attachments: [attachment] } })
  const shown = fake.attachments.urlOf(row, attachment)
  const letGo = shown.retain()
  const { data } = await until(shown, ({ status }) => status === 'ready')
  expect(await (await fetch(data ?? '')).text()).toBe('bytes')
  release()
  const [now] = (await until(lobby, (state) => state.messages[0]?.delivery === 'sent')).messages
  if (!now) throw new Error('There is a message')
  expect(fake.attachments.urlOf(now, attachment)).toBe(shown)
  expect(shown.getSnapshot().data).toBe(data)
  expect(sent('get_attachment_url')).toHaveLength(0)
  letGo()
  await until(shown, ({ status }) => status === 'loading')
  await expect(fetch(data ?? '')).rejects.toThrow()
})

it('[UP7] asks where others’ files are, keeps that over a reconnect, and asks again when told to', async () => {
  const { fake, sent } = await openFake()
  const attachment = fixtures.attachment()
  const message = fixtures.message({ attachments: [attachment] })
  fake.receive(message)
  const shown = fake.attachments.urlOf(message, attachment)
  onTestFinished(shown.retain())
  const { data } = await until(shown, ({ sync }) => sync === 'live')
  expect(data).toContain(attachment.upload_id)
  fake.answer('get_attachment_url', () => ({ url: '/socket.io/files?t=a.b', expires_at: message.created_at }))
  fake.goOffline()
  await fake.goOnline()
  await until(shown, ({ sync }) => sync === 'live')
  expect(shown.getSnapshot().data).toBe(data)
  // A picture that cannot be shown asks for nothing again and again.
  await shown.reload()
  expect(shown.getSnapshot().data).toBe(data)
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 11_000)
  onTestFinished(() => clock.mockRestore())
  await shown.reload()
  expect(shown.getSnapshot().data).toBe('http://fake.invalid/socket.io/files?t=a.b')
  clock.mockReturnValue(Date.now() + 11_000)
  fake.fail('get_attachment_url', 'not_found')
  await shown.reload()
  expect(shown.getSnapshot()).toMatchObject({ status: 'error', data: null, error: { code: 'not_found' } })
  expect(sent('get_attachment_url')).toHaveLength(3)
})

it('[UP6] shows a file again after minutes, and after its clock was set back, from an address that is valid', async () => {
  const { fake } = await openFake()
  const attachment = fixtures.attachment()
  const message = fixtures.message({ attachments: [attachment] })
  fake.receive(message)
  let asked = 0
  fake.answer('get_attachment_url', () => ({
    url: `https://files.invalid/${++asked}`,
    expires_at: message.created_at,
  }))
  const shown = fake.attachments.urlOf(message, attachment)
  const isAt = (address: string) =>
    until(shown, ({ sync, data }) => sync === 'live' && data === `https://files.invalid/${address}`)
  const letGo = shown.retain()
  await isAt('1')
  letGo()
  await until(shown, ({ sync }) => sync === 'offline')
  const now = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(now + 5 * 60_000)
  onTestFinished(() => clock.mockRestore())
  onTestFinished(shown.retain())
  expect(shown.getSnapshot()).toMatchObject({ status: 'loading', data: null })
  await isAt('2')

  clock.mockReturnValue(now - 60 * 60_000)
  await shown.reload()
  await isAt('3')
})

/** Loads of a page in one browser, whose server cannot be reached. */
function openPages() {
  const rows = new Map<string, string>()
  const storage = {
    get: async (key: string) => rows.get(key),
    set: async (key: string, value: string) => void rows.set(key, value),
    remove: async (key: string) => void rows.delete(key),
  }
  function load() {
    const client = createChatClient({
      ...{ url: 'http://127.0.0.1:9', auth: authOf('ann'), storage, outbox: { keep: true } },
    })
    onTestFinished(() => client.close())
    client.connect()
    return client
  }
  return { rows, load }
}

it('[UP8] keeps files with unsent messages over a reload, and shows nothing else from the storage', async () => {
  const { rows, load } = openPages()
  const before = load()
  const attachments = [fixtures.attachment()]
  void before.rooms.messages('lobby').send('', { attachments })
  await until(before.outbox, ({ isKept }) => isKept)
  before.close()
  const kept = new Map(rows)
  const after = load().rooms.messages('lobby')
  const { messages } = await until(after, (state) => state.messages.length === 1)
  expect(messages).toMatchObject([{ delivery: 'sending', message: { message_data: '', attachments } }])

  for (const wrong of ['"x"', '[null]', '[{"upload_id":1}]', '{}']) {
    rows.clear()
    for (const [key, value] of kept)
      rows.set(key, value.replaceAll(/"attachments":(\[.*?\]|"x"|\{\})/g, `"attachments":${wrong}`))
    expect([...rows.values()].join()).toContain(wrong)
    const page = load()
    await until(page.outbox, ({ isKept }) => isKept)
    expect(page.rooms.messages('lobby').getSnapshot().messages).toEqual([])
    page.close()
  }
})

it('[UP5] finds the files of a server behind a proxy that has a path of its own', () => {
  const server = { url: 'https://example.org/app', path: '/chat/socket.io/' }
  expect(addressOf('/socket.io/files?t=a.b', server)).toBe('https://example.org/chat/socket.io/files?t=a.b')
  expect(addressOf('/socket.io/files?t=a.b', { url: 'http://localhost:4000' })).toBe(
    'http://localhost:4000/socket.io/files?t=a.b',
  )
  const elsewhere = 'https://bucket.example/a/b?X-Amz-Signature=1'
  expect(addressOf(elsewhere, server)).toBe(elsewhere)
})
