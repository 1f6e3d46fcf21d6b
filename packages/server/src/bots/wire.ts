import { randomUUID } from 'node:crypto'
import {
  type DataOf,
  type ErrorBody,
  type Message,
  type PayloadOf,
  type PushName,
  type PushOf,
  protocolVersion,
  type RequestName,
  type Role,
} from '@dowellchat/protocol'
import { io, type Socket } from 'socket.io-client'
import { BotError, closedError } from './bot-error.ts'

/** Who a bot is, and where its server is. */
export interface WireOptions {
  /** The server's address, as `https://chat.example.org`. */
  readonly url: string
  /** Where the server has its sockets, if that is not `/socket.io`. */
  readonly path?: string
  readonly workspace: string
  /** A server key of the workspace. */
  readonly key: string
  readonly user: { readonly id: string; readonly name?: string; readonly role?: Role }
}

const answerMs = 10_000
const mostWaitMs = 15_000
/** Requests that the server cannot do are repeated so often. */
const mostTries = 8
const unanswered = { code: 'internal', message: 'The server did not answer', retryable: true } as const
const lost = { code: 'unavailable', message: 'The connection was lost', retryable: true } as const

/** A bot's connection: it comes back by itself, and requests wait for it. */
export class Wire {
  readonly #socket: Socket
  readonly #onUp: (() => void)[] = []
  readonly #waiting: { resolve: () => void; reject: (error: BotError) => void }[] = []
  /** Why there will be no connection any more. */
  #end: BotError | undefined
  #failures = 0
  #isUp = false
  #connecting: NodeJS.Timeout | undefined

  constructor({ url, path, workspace, key, user }: WireOptions, onRefused: (error: BotError) => void) {
    const auth = {
      ...{ protocol: protocolVersion, workspace_id: workspace, api_key: key, device_id: randomUUID() },
      ...{ user_id: user.id, name: user.name, role: user.role ?? 'agent', is_program: true },
    }
    this.#socket = io(url, {
      autoConnect: false,
      forceNew: true,
      transports: ['websocket'],
      reconnectionDelayMax: mostWaitMs,
      auth,
      ...(path !== undefined && { path }),
    })
    this.#socket.on('connect', () => this.#up())
    this.#socket.on('disconnect', (reason) => this.#down(reason === 'io server disconnect'))
    this.#socket.on('connect_error', (error: Error & { data?: ErrorBody }) => {
      const refusal = error.data
      if (refusal && !refusal.retryable) this.#finish(new BotError('connection', refusal), onRefused)
      else this.#down(!this.#socket.active)
    })
    this.#socket.on('error_response', ({ error }: { error: ErrorBody }) => {
      // Another process is this bot, or its key is not valid any more.
      if (error.details === 'replaced' || error.code === 'unauthenticated')
        this.#finish(new BotError('connection', error), onRefused)
    })
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** Connects, also after it was closed or refused. */
  connect(): void {
    this.#end = undefined
    this.#socket.connect()
  }

  /** Calls the listener whenever there is a connection, which knows nothing of the one before. */
  onUp(listener: () => void): void {
    this.#onUp.push(listener)
  }

  on<K extends PushName>(name: K, listener: (data: PushOf<K>) => void): void {
    this.#socket.on(name as string, listener)
  }

  /** Asks as often as it needs: over cuts, and where the server asks to try again. Everything that creates has a `cid`. */
  async request<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K>> {
    for (let tries = 1; ; tries++) {
      await this.#untilUp()
      try {
        return await this.ask(name, payload)
      } catch (error) {
        if (!(error instanceof BotError) || !error.retryable || this.#end) throw error
        if (this.#isUp && tries >= mostTries) throw error
        if (this.#isUp) await pause(backoffMs(tries, error.retryAfterMs))
      }
    }
  }

  /** Sends a message, which is one however often that is repeated. */
  async send(stream: string, message: PayloadOf<'send_messages'>['messages'][number]): Promise<Message> {
    for (let tries = 1; ; tries++) {
      const { results } = await this.request('send_messages', { stream, messages: [message] })
      const [result] = results
      if (result && 'message' in result) return result.message
      const error = new BotError('send_messages', result?.error ?? unanswered)
      if (!error.retryable || tries >= mostTries) throw error
      await pause(backoffMs(tries, error.retryAfterMs))
    }
  }

  /** Asks once, on the connection that there is. */
  ask<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K>> {
    return new Promise((resolve, reject) => {
      if (!this.#isUp) return reject(this.#end ?? new BotError(name, lost))
      this.#socket.timeout(answerMs).emit(name, payload, (error: Error | null, answer: Answer) => {
        if (error) reject(this.#end ?? new BotError(name, this.#isUp ? { ...lost, code: 'timeout' } : lost))
        else if (answer.status === 'success') resolve(answer.data as DataOf<K>)
        else reject(new BotError(name, answer.error))
      })
    })
  }

  close(): void {
    this.#finish(closedError('connection'), () => {})
  }

  #untilUp(): Promise<void> {
    if (this.#end) return Promise.reject(this.#end)
    if (this.#isUp) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  #up(): void {
    this.#isUp = true
    this.#failures = 0
    for (const listener of this.#onUp) listener()
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** @param isLeft whether socket.io does not connect again by itself */
  #down(isLeft: boolean): void {
    this.#isUp = false
    if (!isLeft || this.#end) return
    this.#failures += 1
    this.#connecting = setTimeout(() => this.#socket.connect(), backoffMs(this.#failures))
  }

  #finish(error: BotError, tell: (error: BotError) => void): void {
    if (this.#end) return
    this.#end = error
    this.#isUp = false
    clearTimeout(this.#connecting)
    this.#socket.disconnect()
    for (const { reject } of this.#waiting.splice(0)) reject(error)
    tell(error)
  }
}

type Answer =
  | { readonly status: 'success'; readonly data: unknown }
  | { readonly status: 'failure'; readonly error: ErrorBody }

/** Tries until it is done, and tells of the first failure. Rejects where trying again is of no use. */
export async function insist(
  work: () => Promise<void>,
  onError: (error: unknown) => void,
  isPassing: (error: unknown) => boolean = isRetryable,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      if (tries === 1) onError(error)
      await pause(backoffMs(tries))
    }
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof BotError && error.retryable
}

/** Random, so that programs that fail together do not come back together. */
function backoffMs(failures: number, atLeastMs = 0): number {
  return atLeastMs + Math.random() * Math.min(500 * 2 ** failures, mostWaitMs)
}

/** A wait that keeps no process: that is for the connection to do. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, ms).unref())
