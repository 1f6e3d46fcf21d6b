import { WebSocket } from 'socket.io-client'

/** What a fake server hears of one connection. */
export interface ServerSide {
  readonly isReachable: boolean
  /** Answers an object: the `hello` of whoever comes in; or what refuses them. */
  admit(): { readonly hello: object } | { readonly refusal: object }
  request(name: string, payload: unknown, answer: (answer: object) => void): void
  /** A client tries to connect. */
  tried(socket: FakeSocket): void
  closed(socket: FakeSocket): void
}

/** Longer than any test: nobody pings. */
const never = 2_000_000_000

/** A WebSocket that leads to a fake server in the same process: engine.io's and socket.io's frames as texts. */
export class FakeSocket {
  onopen: () => void = () => {}
  onmessage: (event: { data: string }) => void = () => {}
  onclose: (event: object) => void = () => {}
  onerror: (event: object) => void = () => {}
  readonly #server: ServerSide
  #state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** Whether the server has let the client in. */
  #isIn = false

  constructor(server: ServerSide) {
    this.#server = server
    server.tried(this)
    void Promise.resolve().then(() => this.#open())
  }

  /** Takes a frame of the client's. */
  send(frame: string): void {
    if (frame.startsWith('40')) this.#enter()
    const [, id, event] = /^42(\d*)(\[.*)$/s.exec(frame) ?? []
    if (event === undefined) return
    const [name, payload] = JSON.parse(event)
    this.#server.request(name, payload, (answer) => {
      if (id) this.#receive(`43${id}${JSON.stringify([answer])}`)
    })
  }

  /** Sends the client an event. */
  push(name: string, data: unknown): void {
    if (this.#isIn) this.#receive(`42${JSON.stringify([name, data])}`)
  }

  /** As the client ends it, or the network. */
  close(): void {
    const before = this.#state
    if (before === 'closed') return
    this.#state = 'closed'
    this.#server.closed(this)
    if (before === 'connecting') this.onerror({})
    else this.onclose({})
  }

  #open(): void {
    if (!this.#server.isReachable) this.close()
    if (this.#state === 'closed') return
    this.#state = 'open'
    this.onopen()
    const times = { pingInterval: never, pingTimeout: 1, maxPayload: 1_000_000 }
    this.#receive(`0${JSON.stringify({ sid: 'fake', upgrades: [], ...times })}`)
  }

  #enter(): void {
    const admitted = this.#server.admit()
    if ('refusal' in admitted) {
      this.#receive(`44${JSON.stringify({ message: 'Refused', data: admitted.refusal })}`)
      return
    }
    this.#isIn = true
    this.push('hello', admitted.hello)
    this.#receive(`40${JSON.stringify({ sid: 'fake' })}`)
  }

  #receive(data: string): void {
    if (this.#state === 'open') this.onmessage({ data })
  }
}

/** A transport of engine.io's that opens these sockets. */
export function fakeTransport(open: () => FakeSocket): typeof WebSocket {
  return class FakeTransport extends WebSocket {
    // Under the name of a real transport, that one would be tried after a connection is lost.
    override get name(): string {
      return 'fake'
    }

    override createSocket(): FakeSocket {
      return open()
    }
  }
}
