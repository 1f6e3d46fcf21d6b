import { Socket as Engine, nextTick, parse, type SocketOptions } from 'engine.io-client'

export type Transports = Readonly<NonNullable<SocketOptions['transports']>>

type Listener = (...args: never[]) => void
type Answered = (error: Error | null, answer?: unknown) => void

export interface SocketPlace {
  readonly url: string
  /** Where the server has its sockets, if it is not `/socket.io`. */
  readonly path?: string | undefined
  readonly transports?: Transports | undefined
  /** Sends what proves who the client is, once a transport has opened. */
  readonly shakeHands: (send: (auth: object) => void) => void
}

/** How long a transport may take to open. */
const openMs = 20_000
/** Events of the socket itself, which no server may send. */
const ownEvents = ['connect', 'connect_error', 'disconnect', 'disconnecting']
/** A frame: its kind, its namespace, which request it answers, and its content. */
const frameParts = /^([0-4])(?:(\/[^,]*),)?(\d*)(.*)$/s

/**
 * What a chat needs of socket.io's protocol (version 5): one namespace, events that are JSON, and answers to them. Sends nothing
 * later than it is asked to, and never reconnects by itself. Tells of `connect`, `connect_error`, `disconnect`, and of the
 * server's events.
 */
export class ChatSocket {
  /** The server's name of the connection; undefined while there is none. */
  id: string | undefined
  connected = false
  /** From `connect` until `disconnect`, or until the server ends it. */
  active = false
  /** The last transport's connection. */
  engine: Engine | undefined
  /** Which transports the next `connect` uses. */
  transports: Transports | undefined
  readonly listeners = new Map<string, readonly Listener[]>()
  /** Called before each request that is sent. */
  readonly onSend = new Set<(name: string, payload: unknown) => void>()
  readonly #place: SocketPlace
  readonly #namespace: string
  readonly #answers = new Map<string, Answered>()
  #asked = 0
  /** Events that came before the server has admitted the client. */
  #early: unknown[][] = []
  /** The connection that counts: what an earlier one says comes too late. */
  #current: Engine | undefined
  #opening: ReturnType<typeof setTimeout> | undefined

  constructor(place: SocketPlace) {
    this.#place = { ...place, url: absolute(place.url) }
    this.#namespace = parse(this.#place.url).path || '/'
    this.transports = place.transports
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener])
  }

  off(event: string, listener: Listener): void {
    const rest = this.listeners.get(event)?.filter((one) => one !== listener)
    this.listeners.set(event, rest ?? [])
  }

  /** Sends a request while connected. The answer is an error if the time passes or the connection ends. */
  emit(name: string, payload: unknown, timeoutMs: number, onAnswer: Answered): void {
    const id = `${this.#asked++}`
    const answered: Answered = (error, answer) => {
      clearTimeout(timer)
      if (this.#answers.delete(id)) onAnswer(error, answer)
    }
    const timer = setTimeout(() => answered(new Error('There is no answer')), timeoutMs)
    this.#answers.set(id, answered)
    // After sleep the connection may be over before it is closed.
    if (!this.connected || this.engine?._hasPingExpired()) return
    for (const listener of this.onSend) listener(name, payload)
    this.#send(2, [name, payload], id)
  }

  connect(): void {
    if (this.active) return
    this.active = true
    this.#early = []
    const { url, path = '/socket.io', shakeHands } = this.#place
    const transports = this.transports && ([...this.transports] as NonNullable<SocketOptions['transports']>)
    const engine = new Engine(url, { path, ...(transports && { transports }) })
    this.engine = engine
    this.#current = engine
    let isOpen = false
    const fail = (error: Error | string): void => {
      if (this.#current !== engine) return
      if (!isOpen) this.#letGo()
      if (!this.connected) this.#tell('connect_error', error)
    }
    this.#opening = setTimeout(() => {
      fail(new Error('timeout'))
      engine.close()
    }, openMs)
    engine.on('open', () => {
      if (this.#current !== engine) return
      clearTimeout(this.#opening)
      isOpen = true
      shakeHands((auth) => this.#send(0, auth))
    })
    engine.on('error', fail)
    engine.on('data', (frame) => this.#read(engine, frame))
    engine.on('close', (reason, details) => {
      if (isOpen && this.#current === engine) this.#end(reason, details)
    })
  }

  disconnect(): void {
    if (this.connected) this.#send(1)
    this.#leave()
    if (this.connected) this.#onDown('io client disconnect')
  }

  #send(kind: number, content?: unknown, id = ''): void {
    const namespace = this.#namespace === '/' ? '' : `${this.#namespace},`
    const text = content === undefined ? '' : JSON.stringify(content)
    this.engine?.write(`${kind}${namespace}${id}${text}`)
  }

  #read(engine: Engine, frame: unknown): void {
    if (this.#current !== engine) return
    try {
      const parts = typeof frame === 'string' && frameParts.exec(frame)
      if (!parts) throw new TypeError('No frame')
      const [, kind, namespace = '/', id = '', text] = parts
      const content: unknown = text ? JSON.parse(text) : undefined
      if (!isContent(kind, content)) throw new TypeError('No frame')
      // Later, so that what a listener throws does not count as a frame that cannot be read.
      nextTick(() => {
        if (this.#current === engine && namespace === this.#namespace) this.#take(kind, id, content)
      }, setTimeout)
    } catch (error) {
      this.#end('parse error', error)
    }
  }

  #take(kind: string | undefined, id: string, content: unknown): void {
    if (kind === '0') this.#onUp((content as { readonly sid?: string }).sid)
    else if (kind === '1') {
      this.#leave()
      this.#onDown('io server disconnect')
    } else if (kind === '2') {
      if (this.connected) this.#tell(...(content as [string]))
      else this.#early.push(content as unknown[])
    } else if (kind === '3') this.#answers.get(id)?.(null, (content as unknown[])[0])
    else {
      this.#leave()
      const { message, data } = content as { readonly message?: string; readonly data?: unknown }
      this.#tell('connect_error', Object.assign(new Error(message), { data }))
    }
  }

  #onUp(sid: string | undefined): void {
    if (!sid) {
      this.#tell('connect_error', new Error('This is a server of socket.io 2'))
      return
    }
    this.id = sid
    this.connected = true
    for (const event of this.#early.splice(0)) this.#tell(...(event as [string]))
    this.#tell('connect')
  }

  #end(reason: string, details: unknown): void {
    this.#letGo()
    this.#onDown(reason, details)
  }

  #onDown(reason: string, details?: unknown): void {
    this.connected = false
    this.id = undefined
    this.#tell('disconnect', reason, details)
    for (const answered of [...this.#answers.values()]) answered(new Error('The connection has ended'))
  }

  #leave(): void {
    this.active = false
    this.#letGo()
  }

  #letGo(): void {
    clearTimeout(this.#opening)
    this.#current = undefined
    this.engine?.close()
  }

  #tell(event: string, ...args: unknown[]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(...(args as never[]))
  }
}

/** Whether a frame of a kind may have such a content. */
function isContent(kind: string | undefined, content: unknown): boolean {
  if (kind === '1') return content === undefined
  if (kind === '2')
    return Array.isArray(content) && typeof content[0] === 'string' && !ownEvents.includes(content[0])
  if (kind === '3') return Array.isArray(content)
  return typeof content === 'object' && content !== null
}

/** Pages may leave out what they share with the server. */
function absolute(url: string): string {
  if (/^(https?|wss?):\/\//.test(url)) return url
  const { protocol, host } = (globalThis.location as Location | undefined) ?? { protocol: 'https:', host: '' }
  if (url.startsWith('//')) return protocol + url
  return `${protocol}//${url.startsWith('/') ? host : ''}${url}`
}
