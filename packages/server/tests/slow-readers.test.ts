import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { waitingBytes } from '../src/sockets/engine-output.ts'
import { messagesIn } from '../src/testing/connect.ts'
import { entriesOf, goDeaf, kib, longText, pushesOf, reachOf, talk } from './support/deaf.ts'
import { connectRaw, connectRawV2 } from './support/raw-socket.ts'
import { until } from './support/sockets.ts'
import { openWatched } from './support/watched-io.ts'

const closing = 'A connection is closed: it does not read what it is sent'
/** What may come between two looks at the sockets. */
const slack = 2_048 * kib

it('[OB1, OB3, OB4] closes deaf V2 members of a busy room, sends deaf current ones no more entries, and everything to everybody else', async () => {
  const { chat, watched, log } = await openWatched()
  const [writer, reader] = [await chat.connect('writer'), await chat.connect('reader')]
  await reader.request('join', { room: 'busy' })
  const pages = [await connectRawV2(chat.url), await connectRawV2(chat.url)]
  const names = ['deaf 0', 'deaf 1']
  const deaf = await Promise.all(names.map((name) => connectRaw(chat.url, name)))
  for (const page of pages) await goDeaf(page, 'busy')
  // Up to a second after they have joined, they hear that the room is on their list.
  await Promise.all(deaf.map((raw) => goDeaf(raw, 'busy', 'reader_changed')))

  let most = 0
  const sent = await talk(writer, 'busy', () => {
    most = Math.max(most, ...watched.sockets.map(({ conn }) => waitingBytes(conn)))
    const isClosed = watched.sockets.every(({ conn, data }) => data.protocol || conn.readyState !== 'open')
    return isClosed && names.every((name) => watched.isLagging(name, 'busy'))
  })
  const held = names.map((name) => watched.waiting(name))
  const more = await talk(writer, 'busy', () => messagesIn(reader.frames).length >= sent + 100)

  await until(() => expect(messagesIn(reader.frames)).toHaveLength(sent + more))
  expect(most).toBeLessThan(1024 * kib + slack)
  for (const bytes of held) expect(bytes).toBeLessThan(256 * kib + slack)
  expect(names.map((name) => watched.waiting(name))).toEqual(held)
  expect(log).toContain(closing)
  await until(() => expect(watched.sockets).toHaveLength(4))
  for (const page of pages) {
    page.resume()
    await page.closed()
  }

  for (const raw of deaf) {
    raw.resume()
    await until(() => expect(reachOf(raw)).toBe(sent + more))
    expect(entriesOf(raw)).toBeLessThan(sent + more - 90)
  }
  await writer.request('message_event', { room_id: 'busy', message_data: 'after', cid: randomUUID() })
  for (const raw of deaf) await until(() => expect(raw.frames.at(-1)).toContain(`"seq":${sent + more + 1},`))
})

it('[OB2] lets a deaf reader that asks for long pages wait, and answers all of them, in order, once it reads', async () => {
  const { chat, watched } = await openWatched()
  const writer = await chat.connect('writer')
  let left = 3
  await talk(writer, 'long', () => left-- === 0)
  const raw = await connectRaw(chat.url, 'deaf')
  raw.pause()
  const asked = Array.from({ length: 120 }, (_, n) => n + 10)
  for (const n of asked) raw.send(`42${n}["join",{"room":"long","limit":200}]`)
  raw.send('42900["leave",{"room":"long"}]')

  await until(() => expect(watched.waiting('deaf')).toBeGreaterThan(256 * kib))
  let before = -1
  while (watched.waiting('deaf') !== before || before === 0) {
    before = watched.waiting('deaf')
    await pause(300)
  }
  expect(before).toBeGreaterThan(256 * kib)
  // Five pages at most: no further one is begun.
  expect(before).toBeLessThan(5 * 270 * kib)

  raw.resume()
  await raw.first('43900')
  const answers = raw.frames.flatMap((frame) => /^43(\d+)\[\{"status":"success"/.exec(frame)?.[1] ?? [])
  expect(answers.map(Number)).toEqual([...asked, 900])
  // The last word was `leave`.
  expect(watched.socketOf('deaf')?.rooms).not.toContain('current\nstream\ndemo\nroom:long')
})

it('[OB1, OB2] keeps one long conversation for a deaf V2 page that asks for it in a loop', async () => {
  const limits = { outboundBytes: 128 * kib }
  const { chat, watched, log } = await openWatched({ limits })
  const agent = await chat.connect('agent', { role: 'admin' })
  const { _id: ticket_id } = await agent.request('create_ticket', { product: 'help', cid: randomUUID() })
  const say = () =>
    agent.request('ticket_message_event', { ticket_id, message_data: longText, cid: randomUUID() })
  for (let n = 0; n < 100; n += 20) await Promise.all(Array.from({ length: 20 }, say))
  const raw = await connectRawV2(chat.url)
  const payload = JSON.stringify({ workspace_id: 'demo', api_key: 'demo-key', ticket_id, product: 'help' })
  raw.send(`421["get_ticket_messages",${payload}]`)
  await raw.first('431')
  raw.pause()
  for (let n = 2; n < 40; n++) raw.send(`42${n}["get_ticket_messages",${payload}]`)
  const waiting = () =>
    Math.max(0, ...watched.sockets.filter(({ data }) => !data.protocol).map(({ conn }) => waitingBytes(conn)))
  await until(() => expect(waiting()).toBeGreaterThan(1_400 * kib))
  await pause(300)
  // One answer of 1.5 MB, and no second one. It does not count for the limit.
  expect(waiting()).toBeLessThan(1_600 * kib)
  expect(log).not.toContain(closing)

  for (let n = 0; n < 100 && !log.includes(closing); n += 4) await Promise.all(Array.from({ length: 4 }, say))
  await until(() => expect(log).toContain(closing))
  await until(() => expect(watched.sockets).toHaveLength(1))
})

it('[OB1] says why where it can still be told, and closes so that clients come back by themselves', async () => {
  // Not left out of the room first, so that the one look that finds too much closes it.
  const limits = { outboundBytes: 64 * kib, outboundPushBytes: 1024 * 1024 * kib }
  const { chat, log } = await openWatched({ limits })
  const writer = await chat.connect('writer')
  const raw = await goDeaf(await connectRaw(chat.url, 'slow'), 'busy')
  await talk(writer, 'busy', () => log.includes(closing))
  raw.resume()
  // 1005: closed below socket.io, without its goodbye.
  expect(await raw.closed()).toBe(1005)
  expect(pushesOf(raw, 'error_response')).toMatchObject([
    { operation: 'connection', error: { code: 'limit_reached', details: 'slow_reader' } },
  ])
  expect(raw.frames).not.toContain('41')
})

it('[OB1] answers no pings of those who do not read', async () => {
  const { chat, watched } = await openWatched()
  const raw = await connectRaw(chat.url, 'pinging')
  raw.pause()
  for (let n = 0; n < 80; n++) {
    raw.ping('p'.repeat(125), 1_000)
    await pause(1)
  }
  await until(() => expect(watched.waiting('pinging')).toBeGreaterThan(0))
  expect(watched.waiting('pinging')).toBeLessThan(128 * kib)
})
