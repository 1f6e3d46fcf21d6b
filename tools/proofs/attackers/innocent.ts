import { randomUUID } from 'node:crypto'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { quantile } from '../bench/statistics.ts'

export interface Waited {
  readonly asked: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** So that it stays within what one socket may send. */
const pauseMs = 25

/** Somebody who talks, and waits for each answer. */
export class Innocent {
  readonly socket: TestSocket

  private constructor(socket: TestSocket) {
    this.socket = socket
  }

  static async open(url: string, key: string, user_id: string): Promise<Innocent> {
    const auth = {
      protocol: 1,
      workspace_id: 'shop',
      api_key: key,
      user_id,
      role: 'admin',
      device_id: randomUUID(),
    }
    const socket = openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined })
    return new Innocent(await socket.admitted())
  }

  /** Asks again and again until something has ended. */
  async waitDuring(work: Promise<unknown>): Promise<Waited> {
    const waited: number[] = []
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    while (!isOver) {
      const asked = performance.now()
      await this.socket.request('message_event', {
        room_id: 'calm',
        message_data: 'hello',
        cid: randomUUID(),
      })
      waited.push(performance.now() - asked)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    await over
    return {
      asked: waited.length,
      p50Ms: quantile(waited, 0.5),
      p99Ms: quantile(waited, 0.99),
      maxMs: Math.max(...waited),
    }
  }
}
