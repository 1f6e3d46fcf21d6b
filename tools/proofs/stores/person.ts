import type { Failure, Success } from '../../../packages/protocol/src/index.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import { within } from './within.ts'

export type Role = 'customer' | 'agent' | 'admin'

/** What an acknowledgement says. */
export type Answer<Data> = Success<Data> | Failure

const deadlineMs = 30_000

/** Somebody who is connected to a server. */
export class Person {
  readonly user_id: string
  readonly #socket: RawSocket

  constructor(user_id: string, socket: RawSocket) {
    this.user_id = user_id
    this.#socket = socket
  }

  /** Is told where the connection is lost that nobody wanted to end. */
  set onLost(listener: (error: Error) => void) {
    this.#socket.onFailure = listener
  }

  /** Hears every push from now on. */
  hear(listener: (event: string, payload: unknown) => void): void {
    this.#socket.onPush = (frame) => {
      const [event, payload] = JSON.parse(frame.toString('utf8', 2)) as [event: string, payload: unknown]
      listener(event, payload)
    }
  }

  /** The acknowledgement. Never settles where the server is killed meanwhile. */
  async ask<Data>(event: string, payload: object): Promise<Answer<Data>> {
    return (await this.#socket.request(event, payload)) as Answer<Data>
  }

  /** The data of a good answer. @throws where it is a failure, or late */
  async get<Data>(event: string, payload: object): Promise<Data> {
    const answer = await within(this.ask<Data>(event, payload), deadlineMs, `${event} was not answered`)
    if (answer.status === 'failure') throw new Error(`${event}: ${answer.error.code}, ${answer.data}`)
    return answer.data
  }

  leave(): void {
    this.#socket.close()
  }
}
