import type { Failure, Success } from '../../../packages/protocol/src/index.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import { within } from './within.ts'

export type Role = 'customer' | 'agent' | 'admin'

/** The content of an acknowledgement. */
export type Answer<Data> = Success<Data> | Failure

const deadlineMs = 30_000

/** A user who is connected to a server. */
export class Person {
  readonly user_id: string
  readonly #socket: RawSocket

  constructor(user_id: string, socket: RawSocket) {
    this.user_id = user_id
    this.#socket = socket
  }

  /** Called if the connection is lost unexpectedly. */
  set onLost(listener: (error: Error) => void) {
    this.#socket.onFailure = listener
  }

  /** Calls the listener for every push from now on. */
  hear(listener: (event: string, payload: unknown) => void): void {
    this.#socket.onPush = (frame) => {
      const [event, payload] = JSON.parse(frame.toString('utf8', 2)) as [event: string, payload: unknown]
      listener(event, payload)
    }
  }

  /** Sends a request; resolves to its acknowledgement. Never settles if the server is killed meanwhile. */
  async ask<Data>(event: string, payload: object): Promise<Answer<Data>> {
    return (await this.#socket.request(event, payload)) as Answer<Data>
  }

  /** Sends a request; resolves to its data. Rejects if it fails or is not answered in time. */
  async get<Data>(event: string, payload: object): Promise<Data> {
    const answer = await within(this.ask<Data>(event, payload), deadlineMs, `${event} was not answered`)
    if (answer.status === 'failure') throw new Error(`${event}: ${answer.error.code}, ${answer.data}`)
    return answer.data
  }

  leave(): void {
    this.#socket.close()
  }
}
