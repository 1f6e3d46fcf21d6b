import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type Bridge, openBridge } from './bridge.ts'
import { type Delay, Faults, type Kinds, type RandomFaults } from './faults.ts'
import { Polling } from './polling.ts'

/**
 * The network between one client and the server, which breaks when the test says so. It takes every transport, and browsers.
 * @example
 * const link = await server.link()
 * const client = createChatClient({ url: link.url, auth: server.authFor('ann') })
 * link.offline()
 */
export interface Link {
  /** What the client connects to, in place of the server's address. */
  readonly url: string
  /** How many connections of clients are open. */
  readonly connections: number
  /** Breaks the connections and takes no new ones, until `online`. */
  offline(): void
  /** Ends `offline`, `blackHole` and `stall`. Connections that a black hole has swallowed stay dead. */
  online(): void
  /** Breaks the connections; clients may come back at once. `close` ends them in order, `reset` does not (the default). */
  cut(how?: 'close' | 'reset'): void
  /**
   * Loses everything in both directions, and says so to nobody: connections stay open and silent, new ones get no answer,
   * until `online`.
   */
  blackHole(): void
  /** Takes nothing from the server any more, as a client that does not read; what clients send passes. Ends with `online`. */
  stall(): void
  /** Lets every packet take so long, in each direction. They stay in order. 0 ends it. */
  delay(delay: Delay): void
  /**
   * Loses the next packet of a kind: a client's `request`, the server's `ack` or a `push` that the server sends by itself.
   * Several kinds mean whichever comes first. Resolves when that has happened.
   * @param match only one that has this text in it: the name of a request or push, or a message's text
   */
  dropNext(kind: Kinds, match?: string): Promise<void>
  /** Delivers the next packet of a kind twice. */
  duplicateNext(kind: Kinds, match?: string): Promise<void>
  /** Holds the next packet of a kind back until another one of that kind has passed, then delivers it. */
  reorderNext(kind: Kinds, match?: string): Promise<void>
  /** Breaks packets at random, with the source given to `link`; what is set replaces what was. `{}` ends it. */
  randomly(faults: RandomFaults): void
  /** Breaks the connections and stops listening. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface LinkOptions {
  /** Where randomness comes from, for runs that can be repeated; answers from 0 to less than 1. Default: `Math.random`. */
  readonly random?: () => number
}

/**
 * Opens a link to a server. With a function, every new connection goes to the address that it answers: a server that has
 * started again elsewhere.
 */
export async function openLink(
  server: string | (() => string),
  { random = Math.random }: LinkOptions = {},
): Promise<Link> {
  const faults = new Faults(random)
  const link = new OpenLink(typeof server === 'string' ? () => server : server, faults)
  await link.listen()
  return link
}

class OpenLink implements Link {
  readonly #server: () => string
  readonly #faults: Faults
  readonly #polling: Polling
  readonly #http = createServer()
  readonly #near = new Set<Socket>()
  /** The connections that a black hole has swallowed. */
  readonly #silent = new WeakSet<object>()
  readonly #bridges = new Map<object, Bridge>()
  readonly #fars = new Set<Bridge['far']>()
  #state: 'online' | 'offline' | 'black hole' = 'online'
  #flowing = Promise.resolve()
  /** Ends a stall; undefined while there is none. */
  #flow: (() => void) | undefined

  constructor(server: () => string, faults: Faults) {
    this.#server = server
    this.#faults = faults
    this.#polling = new Polling(faults, () => this.#flowing)
  }

  async listen(): Promise<void> {
    this.#http.on('connection', (socket) => this.#enter(socket))
    this.#http.on('request', (request, response) => {
      const isSilent = (): boolean => this.#silent.has(request.socket)
      if (isSilent()) return
      this.#polling
        .pass(request, response, this.#server(), isSilent)
        .catch(() => isSilent() || request.socket.destroy())
    })
    this.#http.on('upgrade', (request, socket, head) => {
      if (this.#silent.has(socket)) return
      const server = this.#server()
      const onOpen = (bridge: Bridge): void => this.#join(socket, bridge)
      const far = openBridge({ request, socket, head, server, faults: this.#faults, onOpen })
      this.#fars.add(far)
      far.on('close', () => this.#fars.delete(far))
    })
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
  }

  get url(): string {
    // A server that listens on a port has an address of this kind.
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  get connections(): number {
    return this.#near.size
  }

  offline(): void {
    this.#state = 'offline'
    this.cut()
  }

  online(): void {
    this.#state = 'online'
    this.#flow?.()
    this.#flow = undefined
    for (const { far } of this.#bridges.values()) far.resume()
  }

  cut(how: 'close' | 'reset' = 'reset'): void {
    for (const socket of this.#near) how === 'reset' ? socket.resetAndDestroy() : socket.destroy()
    this.#polling.end('cut')
  }

  blackHole(): void {
    this.#state = 'black hole'
    for (const socket of this.#near) this.#silence(socket)
    this.#polling.end('silent')
  }

  stall(): void {
    if (this.#flow) return
    this.#flowing = new Promise((resolve) => {
      this.#flow = resolve
    })
    for (const { far } of this.#bridges.values()) far.pause()
  }

  delay(delay: Delay): void {
    this.#faults.delay(delay)
  }

  dropNext(kind: Kinds, match?: string): Promise<void> {
    return this.#faults.plan('drop', kind, match)
  }

  duplicateNext(kind: Kinds, match?: string): Promise<void> {
    return this.#faults.plan('duplicate', kind, match)
  }

  reorderNext(kind: Kinds, match?: string): Promise<void> {
    return this.#faults.plan('reorder', kind, match)
  }

  randomly(faults: RandomFaults): void {
    this.#faults.randomly(faults)
  }

  async close(): Promise<void> {
    this.offline()
    for (const far of this.#fars) far.terminate()
    if (!this.#http.listening) return
    this.#http.close()
    await once(this.#http, 'close')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #enter(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#near.delete(socket)
      this.#bridges.delete(socket)
    })
    if (this.#state === 'offline') return void socket.resetAndDestroy()
    this.#near.add(socket)
    if (this.#state === 'black hole') this.#silence(socket)
  }

  #join(socket: object, bridge: Bridge): void {
    this.#bridges.set(socket, bridge)
    if (this.#silent.has(socket)) bridge.mute()
    if (this.#flow) bridge.far.pause()
  }

  #silence(socket: Socket): void {
    this.#silent.add(socket)
    this.#bridges.get(socket)?.mute()
  }
}
