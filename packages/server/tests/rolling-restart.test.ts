import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Message, protocolVersion } from '@dowellchat/protocol'
import { io, type Socket } from 'socket.io-client'
import { expect, it } from 'vitest'
import type { TestChat } from '../src/testing/connect.ts'
import type { AnyAnswer } from '../src/testing/test-socket.ts'
import { askHttp } from './support/http-ask.ts'
import { readForwards, until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const room = 'lobby'
const storeMs = 30_000
// Ready, however busy the machine is.
const options = { limits: { storeMs, loopMs: 60_000 } }

/** What a load balancer knows: the servers that it has, and who of them says that it is ready. */
async function readyOne(servers: readonly TestChat[]): Promise<TestChat | undefined> {
  for (const server of servers) if ((await readinessOf(server)) === 200) return server
  return undefined
}

/** The status of `/ready`; undefined where nobody listens. */
async function readinessOf({ url }: TestChat): Promise<number | undefined> {
  return askHttp(`${url}/ready`).then(
    ({ status }) => status,
    () => undefined,
  )
}

/** Sends one message after the other through whichever server is ready, each again until it is answered. */
class Sender {
  readonly stored: Message[] = []
  readonly refused: AnyAnswer[] = []
  readonly usedServers = new Set<string>()
  readonly #user: string
  readonly #device_id = randomUUID()
  #waiting = this.#newMessage()

  constructor(user: string) {
    this.#user = user
  }

  async sendThrough(servers: readonly TestChat[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const server = await readyOne(servers)
      if (server) await this.#sendOn(server.url, isOver)
      else await pause(20)
    }
  }

  async #sendOn(url: string, isOver: () => boolean): Promise<void> {
    const device_id = this.#device_id
    const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id: this.#user, device_id }
    const auth = { protocol: protocolVersion, ...identity }
    const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth })
    if (await isAdmitted(socket)) {
      this.usedServers.add(url)
      while (!isOver() && (await this.#sendOne(socket)));
    }
    socket.disconnect()
  }

  /** Whether the connection is still good for another one. */
  async #sendOne(socket: Socket): Promise<boolean> {
    const answer: AnyAnswer | undefined = await socket
      .timeout(storeMs)
      .emitWithAck('message_event', this.#waiting)
      .catch(() => undefined)
    if (answer?.status === 'success') {
      this.stored.push(answer.data as Message)
      this.#waiting = this.#newMessage()
      return true
    }
    if (answer) this.refused.push(answer)
    return answer !== undefined
  }

  #newMessage() {
    return { room_id: room, message_data: 'x', cid: randomUUID() }
  }
}

function isAdmitted(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.on('connect', () => resolve(true))
    socket.on('connect_error', () => resolve(false))
    // A server that closes leaves a handshake unanswered.
    socket.io.on('close', () => resolve(false))
  })
}

describeTwoServers('two servers on one MongoDB', ({ newUrl, open, openOne }) => {
  it('[DR12] lose and double nothing while they are restarted one after the other', {
    timeout: 300_000,
  }, async () => {
    const url = newUrl()
    const servers = await open(url, storeMs, options)
    const senders = Array.from({ length: 4 }, (_, n) => new Sender(`sender ${n}`))
    let isOver = false
    const sending = senders.map((sender) => sender.sendThrough(servers, () => isOver))
    const untilMore = async () => {
      const before = senders.map(({ stored }) => stored.length)
      await until(() => {
        for (const [n, { stored }] of senders.entries()) expect(stored.length).toBeGreaterThan(before[n] ?? 0)
      })
    }

    for (const at of [0, 1]) {
      await untilMore()
      const old = servers[at] as TestChat
      const closing = old.server.close()
      expect(await readinessOf(old)).not.toBe(200)
      expect(await readinessOf(servers[1 - at] as TestChat)).toBe(200)
      await closing
      await untilMore()
      servers[at] = await openOne(url, storeMs, options)
      expect(await readinessOf(servers[at] as TestChat)).toBe(200)
    }
    await untilMore()
    isOver = true
    await Promise.all(sending)

    const reader = await servers[1].connect('reader')
    const kept = await readForwards(reader, room)
    const acknowledged = senders.flatMap(({ stored }) => stored)
    expect(senders.flatMap(({ refused }) => refused)).toEqual([])
    expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, at) => at + 1))
    expect(new Set(kept.map(({ cid }) => cid)).size).toBe(kept.length)
    const keptAt = new Map(kept.map(({ cid, seq }) => [cid, seq]))
    for (const { cid, seq } of acknowledged) expect(keptAt.get(cid)).toBe(seq)
    // What was not answered when it was over may be stored as well.
    expect(kept.length - acknowledged.length).toBeLessThanOrEqual(senders.length)
    for (const { usedServers } of senders) expect(usedServers.size).toBeGreaterThan(1)
  })
})
