import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { laggingIn } from '../src/sockets/dialects/dialect.ts'
import { messagesIn, type TestSocket } from '../src/testing/connect.ts'
import { connectRaw, connectRawV2, type RawSocket } from './support/raw-socket.ts'
import { until } from './support/sockets.ts'
import { openWatched, type WatchedChat } from './support/watched-io.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const text = 'x'.repeat(15_000)
const closing = 'A connection is closed: it does not read what it is sent'
const kib = 1024

/** What may come between two looks at the sockets. */
const slack = 2_048 * kib

/** Joins a room and reads nothing from then on. */
async function goDeaf(raw: RawSocket, room = 'busy'): Promise<RawSocket> {
  raw.send(`421["join",${JSON.stringify({ room })}]`)
  await raw.first('431')
  raw.pause()
  return raw
}

/** Sends long messages until something is so; answers how many. */
async function talk(sender: TestSocket, isEnough: () => boolean, room = 'busy'): Promise<number> {
  let sent = 0
  while (!isEnough()) {
    if (sent > 3_000) throw new Error('3,000 long messages were not enough')
    const batch = Array.from({ length: 8 }, () => ({ room_id: room, message_data: text, cid: randomUUID() }))
    await Promise.all(batch.map((one) => sender.request('message_event', one)))
    sent += batch.length
  }
  return sent
}

function isLagging({ socketOf }: WatchedChat, userId: string): boolean {
  return socketOf(userId)?.rooms.has(laggingIn('current\nstream\ndemo\nroom:busy')) ?? false
}

function framesOf(raw: RawSocket, event: string): unknown[] {
  const start = `42["${event}",`
  const frames = raw.frames.filter((frame) => frame.startsWith(start))
  return frames.map((frame) => (JSON.parse(frame.slice(2)) as [string, unknown])[1])
}

it('[OB1, OB3] closes deaf V2 members of a busy room, sends deaf current ones no more entries, and everything to everybody else', async () => {
  const watched = await openWatched()
  const { chat, log, sockets, waiting } = watched
  const [writer, reader] = [await chat.connect('writer'), await chat.connect('reader')]
  await reader.request('join', { room: 'busy' })
  const pages = [await connectRawV2(chat.url), await connectRawV2(chat.url)]
  const deaf = [await connectRaw(chat.url, 'deaf 0'), await connectRaw(chat.url, 'deaf 1')]
  for (const raw of [...pages, ...deaf]) await goDeaf(raw)

  let most = 0
  const sent = await talk(writer, () => {
    most = Math.max(most, ...sockets().map((socket) => waiting(socket)))
    return (
      log.filter((line) => line === closing).length === 2 &&
      [0, 1].every((n) => isLagging(watched, `deaf ${n}`))
    )
  })
  const more = await talk(writer, () => messagesIn(reader.frames).length >= sent + 200)

  await until(() => expect(messagesIn(reader.frames)).toHaveLength(sent + more))
  expect(most).toBeLessThan(1024 * kib + slack)
  // The two who lag keep what they had: what was said since is not kept for them.
  for (const n of [0, 1]) expect(waiting(watched.socketOf(`deaf ${n}`))).toBeLessThan(256 * kib + slack)
  await until(() => expect(sockets()).toHaveLength(4))
  for (const page of pages) {
    page.resume()
    await page.closed()
  }

  for (const raw of deaf) {
    raw.resume()
    await raw.first('42["heads",')
    const [{ heads }] = framesOf(raw, 'heads') as [{ heads: { stream: string; head: { seq: number } }[] }]
    expect(heads).toMatchObject([{ stream: 'room:busy', head: { seq: sent + more } }])
    const got = framesOf(raw, 'entries').flatMap((frame) => (frame as { entries: { seq: number }[] }).entries)
    // What it got is a beginning without holes, and what comes now continues at the heads.
    expect(got.map(({ seq }) => seq)).toEqual(got.map((_, n) => n + 1))
    expect(got.length).toBeLessThan(sent + more)
  }
  await writer.request('message_event', { room_id: 'busy', message_data: 'after', cid: randomUUID() })
  for (const raw of deaf) await until(() => expect(raw.frames.at(-1)).toContain(`"seq":${sent + more + 1},`))
})

it('[OB2] lets a deaf reader that asks for long pages wait, and answers all of them, in order, once it reads', async () => {
  const { chat, socketOf, waiting } = await openWatched()
  const writer = await chat.connect('writer')
  let left = 20
  await talk(writer, () => left-- === 0)
  const raw = await connectRaw(chat.url, 'deaf')
  raw.pause()
  const asked = Array.from({ length: 120 }, (_, n) => n + 10)
  for (const n of asked) raw.send(`42${n}["join",{"room":"busy","limit":200}]`)
  raw.send('42900["leave",{"room":"busy"}]')

  let before = -1
  while (waiting(socketOf('deaf')) !== before || before === 0) {
    before = waiting(socketOf('deaf'))
    await pause(300)
  }
  expect(before).toBeGreaterThan(256 * kib)
  expect(before).toBeLessThan(256 * kib + 2 * 300 * kib)

  raw.resume()
  await raw.first('43900')
  const answers = raw.frames.flatMap((frame) => /^43(\d+)\[\{"status":"success"/.exec(frame)?.[1] ?? [])
  expect(answers.map(Number)).toEqual([...asked, 900])
  // The last word was `leave`.
  expect(socketOf('deaf')?.rooms).not.toContain('current\nstream\ndemo\nroom:busy')
})

it('[OB1] closes a deaf V2 page that asks for a whole conversation in a loop only if it is sent something else too', async () => {
  const { chat, sockets, waiting, log } = await openWatched()
  const agent = await chat.connect('agent', { role: 'admin' })
  const { _id: ticket_id } = await agent.request('create_ticket', { product: 'help', cid: randomUUID() })
  const say = () =>
    agent.request('ticket_message_event', { ticket_id, message_data: text, cid: randomUUID() })
  for (let n = 0; n < 200; n += 20) await Promise.all(Array.from({ length: 20 }, say))
  const raw = await connectRawV2(chat.url)
  const ask = { workspace_id: 'demo', api_key: 'demo-key', ticket_id, product: 'help' }
  raw.send(`421["get_ticket_messages",${JSON.stringify(ask)}]`)
  await raw.first('431')
  raw.pause()
  for (let n = 2; n < 60; n++) raw.send(`42${n}["get_ticket_messages",${JSON.stringify(ask)}]`)
  const page = () => sockets().find(({ data }) => data.protocol === undefined)
  await until(() => expect(waiting(page())).toBeGreaterThan(2_000 * kib))
  await pause(500)
  // One answer of 3 MB, and no second one.
  expect(waiting(page())).toBeLessThan(4_096 * kib)
  expect(log).not.toContain(closing)

  for (let n = 0; n < 100 && !log.includes(closing); n += 4) await Promise.all(Array.from({ length: 4 }, say))
  await until(() => expect(log).toContain(closing))
  await until(() => expect(sockets()).toHaveLength(1))
})

it('[OB1] says why where it can still be told, and closes so that clients come back by themselves', async () => {
  const { chat, log } = await openWatched({ limits: { outboundBytes: 64 * kib } })
  const writer = await chat.connect('writer')
  const raw = await goDeaf(await connectRaw(chat.url, 'slow'))
  await talk(writer, () => log.includes(closing))
  raw.resume()
  // 1005: closed below socket.io, without its goodbye.
  expect(await raw.closed()).toBe(1005)
  expect(framesOf(raw, 'error_response')).toMatchObject([
    { operation: 'connection', error: { code: 'limit_reached', details: 'slow_reader' } },
  ])
  expect(raw.frames).not.toContain('41')
})

it('[OB1] answers no pings of those who do not read', async () => {
  const { chat, socketOf, waiting } = await openWatched()
  const raw = await connectRaw(chat.url, 'pinging')
  raw.pause()
  for (let n = 0; n < 80; n++) {
    raw.ping('p'.repeat(125), 1_000)
    await pause(1)
  }
  expect(waiting(socketOf('pinging'))).toBeGreaterThan(0)
  expect(waiting(socketOf('pinging'))).toBeLessThan(128 * kib)
})
