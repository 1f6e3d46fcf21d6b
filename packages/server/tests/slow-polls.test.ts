import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { waitingBytes } from '../src/sockets/engine-output.ts'
import { kib, talk } from './support/deaf.ts'
import { openHttp } from './support/own-http.ts'
import { until } from './support/sockets.ts'
import { openWatched } from './support/watched-io.ts'

const closing = 'A connection is closed: it does not read what it is sent'
const separator = '\u001e'

/** A socket that polls when the test says so. */
class Poller {
  readonly packets: string[] = []
  #url: string

  constructor(url: string) {
    this.#url = `${url}/socket.io/?EIO=4&transport=polling`
  }

  async connect(auth: object): Promise<this> {
    await this.poll()
    const { sid } = JSON.parse(this.packets[0]?.slice(1) ?? '') as { sid: string }
    this.#url += `&sid=${sid}`
    await this.send(`40${JSON.stringify(auth)}`)
    while (!this.packets.some((packet) => packet.startsWith('40'))) await this.poll()
    return this
  }

  async send(packet: string): Promise<void> {
    const { status } = await fetch(this.#url, { method: 'POST', body: packet })
    expect(status).toBe(200)
  }

  /** What polls, for a connection that the test opens. */
  get pollText(): string {
    const { pathname, search } = new URL(this.#url)
    return `GET ${pathname}${search} HTTP/1.1\r\nhost: here\r\n\r\n`
  }

  get webSocketUrl(): string {
    return this.#url.replace('http', 'ws').replace('polling', 'websocket')
  }

  async poll(): Promise<number> {
    const answer = await fetch(this.#url)
    if (answer.ok) this.packets.push(...(await answer.text()).split(separator))
    return answer.status
  }
}

const auth = { protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'poller' }

it('[OB1] closes a V2 page that never polls again', async () => {
  const { chat, watched, log } = await openWatched()
  const writer = await chat.connect('writer')
  const page = await new Poller(chat.url).connect({})
  await page.send('42["join",{"room":"busy"}]')
  let most = 0
  await talk(writer, 'busy', () => {
    most = Math.max(most, ...watched.sockets.map(({ conn }) => waitingBytes(conn)))
    return log.includes(closing)
  })
  expect(most).toBeGreaterThan(900 * kib)
  expect(most).toBeLessThan(3_072 * kib)
  await until(() => expect(watched.sockets).toHaveLength(1))
  expect(await page.poll()).toBe(400)
})

it('[OB3] leaves out a socket that does not poll for a while, and tells it the heads when it polls', async () => {
  const { chat, watched } = await openWatched()
  const writer = await chat.connect('writer')
  const poller = await new Poller(chat.url).connect({ ...auth, device_id: randomUUID() })
  await poller.send('421["join",{"room":"busy"}]')
  await talk(writer, 'busy', () => watched.isLagging('poller', 'busy'))
  const held = watched.waiting('poller')
  let left = 20
  await talk(writer, 'busy', () => left-- === 0)
  expect(watched.waiting('poller')).toBe(held)

  while (!poller.packets.some((packet) => packet.startsWith('42["heads"'))) await poller.poll()
  expect(watched.isLagging('poller', 'busy')).toBe(false)
  const late = poller.packets.findLast((packet) => packet.startsWith('42["heads"'))
  expect(late).toContain('"stream":"room:busy"')
})

it('[OB2] reads no more pages for those who poll and read no answer', async () => {
  const { chat, watched } = await openWatched()
  const writer = await chat.connect('writer')
  let left = 3
  await talk(writer, 'long', () => left-- === 0)
  const poller = await new Poller(chat.url).connect({ ...auth, device_id: randomUUID() })
  const asked = Array.from({ length: 20 }, (_, n) => n + 10)
  for (const n of asked) await poller.send(`42${n}["join",{"room":"long","limit":200}]`)
  await until(() => expect(watched.waiting('poller')).toBeGreaterThan(256 * kib))
  await pause(200)
  expect(watched.waiting('poller')).toBeLessThan(5 * 270 * kib)

  const answers = () =>
    poller.packets.flatMap((packet) => /^43(\d+)\[\{"status":"success"/.exec(packet)?.[1] ?? [])
  while (answers().length < asked.length) await poller.poll()
  expect(answers().map(Number)).toEqual(asked)
})

/** Some who have polled over one TCP connection, from which nobody reads their answers, and the server's end of it. */
async function openUnread(names: readonly string[]) {
  const { http, url } = await openHttp()
  // More than the system buffers.
  const limits = { outboundAnswerBytes: 8_192 * kib }
  const { chat, watched } = await openWatched({ http, limits })
  const writer = await chat.connect('writer')
  let left = 3
  await talk(writer, 'long', () => left-- === 0)
  const pollers: Poller[] = []
  for (const user_id of names) {
    const poller = await new Poller(url).connect({ ...auth, user_id, device_id: randomUUID() })
    for (let n = 10; n < 50; n++) await poller.send(`42${n}["join",{"room":"long","limit":200}]`)
    pollers.push(poller)
  }
  await until(() => {
    for (const name of names) expect(watched.waiting(name)).toBeGreaterThan(limits.outboundAnswerBytes)
  })
  const accepted = new Promise<Socket>((resolve) => http.once('connection', resolve))
  const deaf = connect(Number(new URL(url).port), '127.0.0.1').pause()
  onTestFinished(() => void deaf.destroy())
  const served = await accepted
  deaf.write(pollers.map(({ pollText }) => pollText).join(''))
  await until(() => expect(served.writableLength).toBeGreaterThan(0))
  return { watched, served, last: pollers.at(-1) as Poller }
}

it.each([
  ['reads', ['ann']],
  ['comes to, behind those to others', ['ben', 'ann']],
])(
  '[OB1] drops answers to polls that nobody %s, soon after their connections have ended',
  async (_, names) => {
    const { watched, served, last } = await openUnread(names)
    await last.send('1')
    await until(() => expect(watched.socketOf('ann')).toBeUndefined())
    await until(() => expect(served.destroyed).toBe(true))
  },
)

it('[OB1] drops answers to polls that nobody reads, soon after their connection goes on as a WebSocket', async () => {
  const { watched, served, last } = await openUnread(['ann'])
  const ws = new WebSocket(last.webSocketUrl)
  onTestFinished(() => ws.terminate())
  await once(ws, 'open')
  ws.send('2probe')
  await once(ws, 'message')
  ws.send('5')
  await until(() => expect(served.destroyed).toBe(true))
  expect(watched.socketOf('ann')?.conn.transport.name).toBe('websocket')
})
