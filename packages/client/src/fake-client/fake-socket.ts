import { WebSocket } from 'socket.io-client'

/** What a fake server hears of one connection. */
export interface ServerSide {
  /** Answers an object: the `hello` of whoever comes in; or what refuses them. */
  admit(): { readonly hello: object } | { readonly refusal: object }
  request(name: string, payload: unknown, answer: (answer: object) => void): void
  opened(socket: FakeSocket): void
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
  #isOpen = true

  constructor(server: ServerSide, isReachable: boolean) {
    this.#server = server
    void Promise.resolve().then(() => {
      if (!isReachable) return this.onerror({})
      this.onopen()
      const times = { pingInterval: never, pingTimeout: 1, maxPayload: 1_000_000 }
      this.#receive(`0${JSON.stringify({ sid: 'fake', upgrades: [], ...times })}`)
    })
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
    this.#receive(`42${JSON.stringify([name, data])}`)
  }

  /** As the client ends it, or the network. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#server.closed(this)
    this.onclose({})
  }

  #enter(): void {
    const admitted = this.#server.admit()
    if ('refusal' in admitted) {
      this.#receive(`44${JSON.stringify({ message: 'Refused', data: admitted.refusal })}`)
      return
    }
    this.push('hello', admitted.hello)
    this.#receive(`40${JSON.stringify({ sid: 'fake' })}`)
    this.#server.opened(this)
  }

  #receive(data: string): void {
    if (this.#isOpen) this.onmessage({ data })
  }
}

/** A transport of engine.io's that opens these sockets. */
export function fakeTransport(open: () => FakeSocket): typeof WebSocket {
  return class FakeTransport extends WebSocket {
    override createSocket(): FakeSocket {
      return open()
    }
  }
}
