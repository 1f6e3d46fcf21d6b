import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { waitingBytes } from '../src/sockets/engine-output.ts'
import { kib, talk } from './support/deaf.ts'
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
