import type { AnyAnswer, TestSocket } from '../../../packages/server/src/testing/test-socket.ts'

/** What a crowd has asked for and got. */
export interface Report {
  readonly asked: number
  /** Everything that failed, by its kind: an error's code, `unanswered`, `refused` handshakes, `closed` by the server. */
  readonly failures: Readonly<Record<string, number>>
  /** The first failures as they were. */
  readonly samples: readonly string[]
  readonly done: Readonly<Record<string, number>>
  /** The ids of the messages that were acknowledged, by `<workspace>/<room>`. */
  readonly acknowledged: Readonly<Record<string, readonly string[]>>
}

const mostSamples = 20

/** Counts for a crowd. */
export class Ledger {
  #asked = 0
  readonly #failures: Record<string, number> = {}
  readonly #samples: string[] = []
  readonly #done: Record<string, number> = {}
  readonly #acknowledged: Record<string, string[]> = {}

  /** Sends a request. Undefined if it failed, which is counted. */
  async ask<Data>(socket: TestSocket, event: string, payload: object): Promise<Data | undefined> {
    this.#asked += 1
    let answer: AnyAnswer
    try {
      answer = await socket.ask(event, payload)
    } catch (error) {
      this.fail(socket.socket.connected ? 'unanswered' : 'unanswered_and_closed', String(error))
      return undefined
    }
    if (answer.status === 'success') return answer.data as Data
    this.fail(answer.error.code, `${event}: ${JSON.stringify(answer)}`)
    return undefined
  }

  /** Sends a message to a room, and remembers it once it is acknowledged. */
  async say(socket: TestSocket, place: string, payload: { room_id: string }): Promise<void> {
    const message = await this.ask<{ _id: string }>(socket, 'message_event', payload)
    if (!message) return
    this.#acknowledged[place] ??= []
    this.#acknowledged[place].push(message._id)
  }

  fail(kind: string, sample: string): void {
    this.#failures[kind] = (this.#failures[kind] ?? 0) + 1
    if (this.#samples.length < mostSamples) this.#samples.push(sample.slice(0, 300))
  }

  did(what: string): void {
    this.#done[what] = (this.#done[what] ?? 0) + 1
  }

  get report(): Report {
    return {
      asked: this.#asked,
      failures: this.#failures,
      samples: this.#samples,
      done: this.#done,
      acknowledged: this.#acknowledged,
    }
  }
}
