import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** A client below socket.io, which comes in again until it is in: when the server says, else as socket.io does. */
export class Caller {
  readonly #url: string
  readonly #auth: string
  readonly #waiting = new Map<number, () => void>()
  #socket: WebSocket | undefined
  #requests = 0
  /** How often it was told to come back later. */
  delays = 0
  /** How often it failed without being told when to come back. */
  failures = 0

  constructor(url: string, user: string) {
    this.#url = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    const identity = { workspace_id: 'edge', api_key: 'edge-key-with-more-than-32-letters', user_id: user }
    this.#auth = JSON.stringify({ protocol: 1, ...identity, device_id: randomUUID() })
  }

  async enter(): Promise<void> {
    for (;;) {
      const delayMs = await this.#try()
      if (delayMs === undefined) return
      await pause(delayMs)
    }
  }

  drop(): void {
    this.#socket?.terminate()
  }

  /** Milliseconds until a small request is answered. */
  async ask(): Promise<number> {
    const id = this.#requests++
    const start = performance.now()
    const answered = new Promise<void>((resolve) => this.#waiting.set(id, resolve))
    this.#socket?.send(`42${id}["leave",{"room":"r"}]`)
    await answered
    return performance.now() - start
  }

  /** Undefined once it is in; else when to try again. */
  #try(): Promise<number | undefined> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.#url, { perMessageDeflate: false })
      this.#socket = socket
      socket.on('message', (data) => this.#take(String(data), () => resolve(undefined)))
      socket.on('unexpected-response', (request, response) => {
        request.destroy()
        this.delays += 1
        resolve(Number(response.headers['retry-after'] ?? 1) * 1_000)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.failures += 1
        resolve(1_000 * (0.5 + Math.random()))
      })
    })
  }

  #take(frame: string, onIn: () => void): void {
    if (frame.startsWith('0')) this.#socket?.send(`40${this.#auth}`)
    else if (frame === '2') this.#socket?.send('3')
    else if (frame.startsWith('40')) onIn()
    else if (frame.startsWith('43')) {
      const id = Number.parseInt(frame.slice(2), 10)
      this.#waiting.get(id)?.()
      this.#waiting.delete(id)
    }
  }
}
