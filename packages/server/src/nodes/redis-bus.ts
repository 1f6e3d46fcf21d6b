import type { Logger } from '../logger.ts'
import { within } from '../queues/within.ts'
import type { Bus } from './bus.ts'
import { RedisConnection, type RedisTls } from './redis-connection.ts'
import { addressOf, type RedisPlace, redisPlaceOf } from './redis-place.ts'
import { isRefusedLogin, reasonOf } from './redis-reason.ts'

export type { RedisTls } from './redis-connection.ts'

export interface RedisBusOptions {
  /** Where Redis is: `redis://[user:password@]host[:port]`, or `rediss://…` for TLS. */
  readonly url: string
  /** What the servers of one deployment share: others on the same Redis have another. Default `dowellchat`. */
  readonly channel?: string
  /** With `rediss://`: certificates that Node does not know by itself. */
  readonly tls?: RedisTls
}

type BusLogger = Pick<Logger, 'info' | 'warn' | 'error'>

/** How long it may take until it is connected, greeting and login included. */
const openMs = 3_000
const leastRetryMs = 100
const mostRetryMs = 1_500
/** A refused login is not tried more often: it may be locked, and fills the log of Redis. */
const loginRetryMs = 3_000

/**
 * Lets servers on one database speak to each other over Redis, by its publish and subscribe alone: nothing is kept there.
 * @throws StartError if the URL is not understood
 * @example
 * const server = await createChatServer({ store, bus: redisBus({ url: 'redis://localhost:6379' }) })
 */
export function redisBus({ url, channel = 'dowellchat', tls = {} }: RedisBusOptions): Bus {
  return new RedisBus(redisPlaceOf(url, 'redisBus: url'), channel, tls)
}

class RedisBus implements Bus {
  readonly #place: RedisPlace
  readonly #channel: string
  readonly #tls: RedisTls
  #listener: (text: string) => void = () => {}
  #logger: BusLogger = { info() {}, warn() {}, error() {} }
  #connection: RedisConnection | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = leastRetryMs
  #wasConnected = false
  /** What the log says of it until it is back. */
  #said: 'away' | 'login' | 'publish' | undefined
  #isStopped = false

  constructor(place: RedisPlace, channel: string, tls: RedisTls) {
    this.#place = place
    this.#channel = channel
    this.#tls = tls
  }

  start(listener: (text: string) => void, logger: BusLogger): Promise<void> {
    this.#listener = listener
    this.#logger = logger
    return this.#open()
  }

  publish(text: string): void {
    this.#connection?.publish(text, (error) => this.#sayRefused(error))
  }

  get isConnected(): boolean {
    return this.#connection?.isAnswering ?? false
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#connection?.close()
    this.#connection = undefined
  }

  async #open(): Promise<void> {
    const connection = new RedisConnection({
      place: this.#place,
      tls: this.#tls,
      channel: this.#channel,
      onText: (text) => this.#listener(text),
    })
    try {
      const opened = await within(
        openMs,
        connection.open((error) => this.#lose(error)),
      )
      if (!opened) throw new Error('it does not answer')
      if (this.#isStopped) {
        connection.close()
        return
      }
      this.#connection = connection
      this.#retryMs = leastRetryMs
      this.#sayBack()
    } catch (error) {
      connection.close()
      this.#retryAfter(error as Error)
    }
  }

  #lose(error: Error): void {
    this.#connection = undefined
    this.#retryAfter(error)
  }

  #retryAfter(error: Error): void {
    if (this.#isStopped) return
    this.#sayAway(error)
    const ms = isRefusedLogin(error) ? loginRetryMs : this.#retryMs
    this.#retryMs = Math.min(2 * this.#retryMs, mostRetryMs)
    // Spread, so that the servers do not come back together.
    this.#retry = setTimeout(() => void this.#open(), ms * (0.75 + Math.random() / 2)).unref()
  }

  #sayAway(error: Error): void {
    const said = isRefusedLogin(error) ? 'login' : 'away'
    if (this.#said === said) return
    this.#said = said
    const fields = { address: addressOf(this.#place), reason: reasonOf(error, this.#place) }
    if (said === 'login') this.#logger.error(fields, 'Redis refuses the login')
    else if (this.#wasConnected) this.#logger.warn(fields, 'The connection to Redis is lost')
    else this.#logger.warn(fields, 'Redis cannot be reached')
  }

  #sayRefused(error: Error): void {
    if (this.#said || this.#isStopped) return
    this.#said = 'publish'
    const fields = { address: addressOf(this.#place), reason: reasonOf(error, this.#place) }
    this.#logger.error(fields, 'Redis takes nothing that is published')
  }

  #sayBack(): void {
    const address = addressOf(this.#place)
    this.#logger.info({ address }, this.#wasConnected ? 'Redis is back' : 'Redis is connected')
    this.#wasConnected = true
    this.#said = undefined
  }
}
