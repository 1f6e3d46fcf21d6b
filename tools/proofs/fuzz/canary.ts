import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { quantile } from '../bench/statistics.ts'

const pauseMs = 50

/** Somebody of another workspace, who reads a room of theirs while the server is fuzzed. */
export class Canary {
  readonly #socket: TestSocket
  readonly #waitedMs: number[] = []
  readonly problems: string[] = []
  #isOver = false
  #loop: Promise<void> = Promise.resolve()

  private constructor(socket: TestSocket) {
    this.#socket = socket
  }

  static async open(url: string): Promise<Canary> {
    const auth = {
      protocol: 1,
      workspace_id: 'calm',
      api_key: 'calm-key',
      user_id: 'ann',
      device_id: randomUUID(),
    }
    const socket = openSocket(url, { transports: ['websocket'], auth })
    const canary = new Canary(await socket.admitted())
    await socket.heard(2)
    canary.#loop = canary.#read()
    return canary
  }

  /** Ends it; answers how long it waited for its answers. */
  async close(): Promise<{ asked: number; p99Ms: number; maxMs: number }> {
    this.#isOver = true
    await this.#loop
    const heard = this.#socket.unread
    if (heard.length > 0) this.problems.push(`The canary heard ${JSON.stringify(heard).slice(0, 300)}`)
    this.#socket.socket.disconnect()
    return {
      asked: this.#waitedMs.length,
      p99Ms: quantile(this.#waitedMs, 0.99),
      maxMs: Math.max(...this.#waitedMs),
    }
  }

  async #read(): Promise<void> {
    let first: unknown
    while (!this.#isOver) {
      const asked = performance.now()
      try {
        const page = await this.#socket.request('join', { room: 'calm' })
        first ??= page
        if (!isDeepStrictEqual(page, first)) throw new Error('The room of the canary has changed')
      } catch (error) {
        this.problems.push((error as Error).message)
        return
      }
      this.#waitedMs.push(performance.now() - asked)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}
