import { createClient } from 'redis'
import type { RedisPlace } from './redis-place.ts'

/** How a Redis proves itself over TLS, and how we do: as Node's `tls.connect` takes it. */
export interface RedisTls {
  /** The certificates that sign for the Redis, where the system does not know them. */
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  /** The name that its certificate has, where it is not the host's. */
  readonly servername?: string
}

interface ConnectionParts {
  readonly place: RedisPlace
  readonly tls: RedisTls
  readonly channel: string
  readonly onText: (text: string) => void
}

const connectMs = 2_000
const askMs = 300
/** How many times in a row Redis is asked in vain until nothing more is published, and until it is given up. */
const hungAfter = 3
const lostAfter = 13
/** What may be published and not answered yet, in characters. */
const mostPending = 8 * 1024 * 1024

/**
 * One connection to a Redis for what is published, one for what arrives. It ends once and is never mended: a new one is
 * opened then. That leaves nothing to the client's own way of coming back, which waits for ever where a Redis that hangs has
 * taken the connection and does not answer its greeting.
 */
export class RedisConnection {
  readonly #sender: Client
  readonly #receiver: Client
  readonly #parts: ConnectionParts
  #onLost: ((error: Error) => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #isAsking = false
  #askedInVain = 0
  #pending = 0
  #isClosed = false
  /** The first thing that went wrong; what follows from it says less. */
  #failure: Error | undefined

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#sender = this.#client()
    this.#receiver = this.#client()
  }

  /** Rejects with what is wrong. @param onLost called once, if it opens */
  async open(onLost: (error: Error) => void): Promise<void> {
    try {
      await Promise.all([this.#sender.connect(), this.#receiver.connect()])
      await this.#receiver.subscribe(this.#parts.channel, this.#parts.onText)
    } catch (error) {
      throw this.#failure ?? error
    }
    if (this.#isClosed) throw this.#failure ?? new Error('closed')
    this.#onLost = onLost
    this.#timer = setInterval(() => this.#ask(), askMs).unref()
  }

  /** Whether Redis has answered within the last second. */
  get isAnswering(): boolean {
    return this.#askedInVain < hungAfter
  }

  /** @param onRefused called where Redis refuses to publish */
  publish(text: string, onRefused: (error: Error) => void): void {
    // What a Redis that hangs is given would arrive late, all at once.
    if (!this.isAnswering || this.#pending + text.length > mostPending) return
    this.#pending += text.length
    const done = (): void => {
      this.#pending -= text.length
    }
    this.#sender.publish(this.#parts.channel, text).then(done, (error: Error) => {
      done()
      if (!this.#isClosed) onRefused(error)
    })
  }

  close(): void {
    this.#isClosed = true
    this.#onLost = undefined
    clearInterval(this.#timer)
    for (const client of [this.#sender, this.#receiver]) client.destroy()
  }

  #ask(): void {
    if (this.#isAsking) {
      this.#askedInVain += 1
      if (this.#askedInVain >= lostAfter) this.#lose(new Error('it does not answer'))
      return
    }
    this.#isAsking = true
    Promise.all([this.#sender.ping(), this.#receiver.ping()]).then(
      () => {
        this.#isAsking = false
        this.#askedInVain = 0
      },
      (error: Error) => this.#lose(error),
    )
  }

  #lose(error: Error): void {
    const onLost = this.#onLost
    this.#failure ??= error
    this.close()
    onLost?.(error)
  }

  #client(): Client {
    const client = newClient(this.#parts)
    client.on('error', (error: Error) => this.#lose(error))
    // It may have been closed while it was still connecting, which the client forgets.
    client.on('connect', () => this.#isClosed && client.destroy())
    return client
  }
}

type Client = ReturnType<typeof newClient>

function newClient({ place, tls }: ConnectionParts) {
  const { host, port, isTls, username, password } = place
  const socket = { host, port, connectTimeout: connectMs, reconnectStrategy: false as const }
  return createClient({
    RESP: 2,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // A timer for each text would cost more than sending it; `#ask` notices a Redis that does not answer.
    commandOptions: { timeout: 0 },
    socket: isTls ? { ...socket, ...tls, tls: true } : socket,
  })
}
