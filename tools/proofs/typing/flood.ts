import { randomUUID } from 'node:crypto'
import { protocolVersion } from '../../../packages/protocol/src/version.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { pick, type Random, seeded } from '../stores/random.ts'

/** Who floods which servers, and how. */
export interface FloodPlan {
  readonly urls: readonly string[]
  readonly identity: { readonly workspace_id: string; readonly api_key: string }
  readonly rooms: readonly string[]
  /** How many people type, one after the other in each tick. */
  readonly typists: number
  /** How many change how they are shown, and come and go. */
  readonly movers: number
  /** Events of each typist in a second. */
  readonly perSecond: number
  /** Events of all movers in a second: each writes to the store. */
  readonly moves: number
  readonly seed: number
}

/** What a flood has sent. */
export interface Flooded {
  typing: number
  settings: number
  comings: number
}

const tickMs = 20

/** People who type, change their status, come and go without end, until they are stopped. */
export class Flood {
  readonly flooded: Flooded = { typing: 0, settings: 0, comings: 0 }
  readonly #plan: FloodPlan
  readonly #random: Random
  #sockets: TestSocket[] = []
  #timer: NodeJS.Timeout | undefined
  #due = 0

  constructor(plan: FloodPlan) {
    this.#plan = plan
    this.#random = seeded(plan.seed)
  }

  /** Lets everybody in. */
  async open(): Promise<void> {
    const { typists, movers } = this.#plan
    const names = Array.from({ length: typists + movers }, (_, at) => `flooder ${at}`)
    // A few at a time, as people come.
    for (let at = 0; at < names.length; at += 10) {
      const some = names.slice(at, at + 10)
      this.#sockets.push(...(await Promise.all(some.map((name) => this.#connect(name)))))
    }
  }

  start(): void {
    let at = performance.now()
    this.#timer = setInterval(() => {
      const now = performance.now()
      this.#due += ((now - at) / 1_000) * this.#plan.perSecond * this.#plan.typists
      at = now
      for (; this.#due >= 1; this.#due -= 1) this.#type()
      if (this.#random() < (this.#plan.moves * tickMs) / 1_000) this.#move()
    }, tickMs)
  }

  pause(): void {
    clearInterval(this.#timer)
  }

  close(): void {
    this.pause()
    for (const { socket } of this.#sockets) socket.disconnect()
  }

  async #connect(user_id: string): Promise<TestSocket> {
    const { urls, identity, rooms } = this.#plan
    const auth = { protocol: protocolVersion, ...identity, user_id, role: 'agent', device_id: randomUUID() }
    // What it hears is not kept: it would be more than all that is measured.
    const options = { transports: ['websocket'], auth }
    const socket = openSocket(pick(this.#random, urls), options, { kept: () => undefined })
    await socket.admitted()
    for (const room of rooms) await socket.request('join', { room })
    return socket
  }

  #type(): void {
    const { typists, rooms } = this.#plan
    const socket = this.#sockets[Math.floor(this.#random() * typists)]
    const stream = `room:${pick(this.#random, rooms)}`
    socket?.emit('typing', { stream, is_typing: this.#random() < 0.5 })
    this.flooded.typing += 1
  }

  /** One of those who move: half of them say something of themselves, the others leave and come back. */
  #move(): void {
    const { typists, movers } = this.#plan
    if (movers === 0) return
    const at = typists + Math.floor(this.#random() * movers)
    const socket = this.#sockets[at]
    if (!socket?.socket.connected) return
    if (this.#random() < 0.5) {
      const availability = this.#random() < 0.5 ? 'online' : 'away'
      socket.emit('set_presence', { availability, status_text: `At ${this.flooded.settings}` })
      this.flooded.settings += 1
    } else {
      socket.socket.disconnect()
      socket.socket.connect()
      this.flooded.comings += 1
    }
  }
}
