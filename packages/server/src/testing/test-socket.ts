import {
  type DataOf,
  type Entry,
  type ErrorCode,
  Failure,
  isMessage,
  type Message,
  type PayloadOf,
  type PushName,
  type PushOf,
  type RequestName,
} from '@dowellchat/protocol'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'

/** An event that a socket received. `connect`, `connect_error` and `disconnect` are among them. */
export type Frame = readonly [event: string, ...data: unknown[]]

/** An acknowledgement, of success or failure. */
export type AnyAnswer = { status: 'success'; operation: string; data: unknown } | Failure

/** A frame, or an acknowledgement under the name `<event> acknowledged`. */
export interface Arrival {
  readonly event: string
  /** On the clock of `performance.now()`. */
  readonly atMs: number
}

export interface TestSocketOptions {
  /** Chooses what to record of a frame; undefined records nothing. */
  readonly kept?: (frame: Frame) => Frame | undefined
  /** Replaces the round trips of `settle`. */
  readonly settle?: (socket: TestSocket) => Promise<void>
  /** By when an event has to be acknowledged; default 30 s. */
  readonly deadlineMs?: number
}

export type Auth = Readonly<Record<string, unknown>>
export type ClientOptions = Partial<ManagerOptions & SocketOptions>

/** It only ends what hangs. */
const defaultDeadlineMs = 30_000
/** Pushes that follow others some time later. */
export const byTheClock: ReadonlySet<string> = new Set(['heads', 'reader_changed', 'receipts'])
const settlingRounds = 2

/** What else has to come to rest before everything that was under way has arrived; tests of several servers set it. */
export const underWay = { elsewhere: async (): Promise<void> => {} }

/** Opens a socket of either dialect, without waiting for anything. It does not reconnect. */
export function openSocket(
  url: string,
  clientOptions: ClientOptions = {},
  options: TestSocketOptions = {},
): TestSocket {
  const ownOptions = { forceNew: true, reconnection: false, timeout: defaultDeadlineMs }
  return new TestSocket(io(url, { ...ownOptions, ...clientOptions }), options)
}

/** A plain socket.io client that records everything it receives, in the order of arrival. */
export class TestSocket {
  readonly socket: Socket
  /** Every frame since it was opened. */
  readonly frames: Frame[] = []
  /** Every acknowledgement that it received. */
  readonly answers: AnyAnswer[] = []
  /** When each frame and acknowledgement arrived. */
  readonly arrivals: Arrival[] = []
  readonly #options: TestSocketOptions
  readonly #waiting = new Set<() => void>()
  #read = 0
  #refusal: Error | undefined

  constructor(socket: Socket, options: TestSocketOptions = {}) {
    this.socket = socket
    this.#options = options
    socket.onAny((...frame: [string, ...unknown[]]) => this.#record(frame))
    socket.on('connect', () => this.#record(['connect']))
    socket.on('connect_error', (error) => {
      this.#refusal = error
      this.#record(['connect_error', (error as { data?: unknown }).data ?? error.message])
    })
    socket.on('disconnect', (reason) => this.#record(['disconnect', reason]))
  }

  /** The socket's id; '' while it is not connected. */
  get id(): string {
    return this.socket.id ?? ''
  }

  /** The frames that no call of `heard`, `next` or `skip` has taken yet, but for those that come by the clock. */
  get unread(): Frame[] {
    return this.frames.slice(this.#read).filter(([event]) => !byTheClock.has(event))
  }

  /** Sends an event without asking for an answer. */
  emit(event: string, ...payload: unknown[]): void {
    this.socket.emit(event, ...payload)
  }

  /** Sends an event; resolves to its acknowledgement, also to that of a failure. Rejects if none comes in time. */
  async ask(event: string, ...payload: unknown[]): Promise<AnyAnswer> {
    const { deadlineMs = defaultDeadlineMs } = this.#options
    const answers = await new Promise<unknown[]>((resolve, reject) => {
      this.socket.timeout(deadlineMs).emit(event, ...payload, (error: Error | null, ...args: unknown[]) => {
        if (error) reject(new Error(`${event} ${JSON.stringify(payload).slice(0, 200)} was not acknowledged`))
        else resolve(args)
      })
    })
    if (answers.length !== 1) throw new Error(`${event} was acknowledged with ${answers.length} arguments`)
    const [answer] = answers as [AnyAnswer]
    this.answers.push(answer)
    this.#note(`${event} acknowledged`)
    return answer
  }

  /** Sends a request of the contract; resolves to its data. Rejects if it fails. */
  async request<K extends RequestName>(event: K, payload: PayloadOf<K>): Promise<DataOf<K>> {
    const answer = await this.ask(event, payload)
    if (answer.status !== 'success' || answer.operation !== event)
      throw new Error(`${event} failed: ${JSON.stringify(answer)}`)
    // The server parsed it with the schema of this request.
    return answer.data as DataOf<K>
  }

  /** Sends a request that must fail; resolves to the code. Rejects if it succeeds, or if the failure's form is wrong. */
  async refusal(event: string, ...payload: unknown[]): Promise<ErrorCode> {
    const answer = await this.ask(event, ...payload)
    const failed = Failure.safeParse(answer).data
    const isWellFormed = failed?.operation === event && failed.data === failed.error.message
    if (!isWellFormed) throw new Error(`${event} did not fail as it should: ${JSON.stringify(answer)}`)
    return failed.error.code
  }

  /**
   * Waits for at least so many unread frames and for everything under way, then takes all unread frames. Rejects if too few
   * come in time.
   */
  async heard(atLeast = 0): Promise<Frame[]> {
    await this.#untilUnread(atLeast)
    await underWay.elsewhere()
    if (this.socket.connected) await this.settle()
    return this.#take()
  }

  /** As `heard`, but does not wait for what is under way. */
  async next(atLeast: number): Promise<Frame[]> {
    await this.#untilUnread(atLeast)
    return this.#take()
  }

  /** Waits for so many unread frames and takes these alone. */
  async take(count: number): Promise<Frame[]> {
    await this.#untilUnread(count)
    const taken = this.unread.slice(0, count)
    this.#read = this.frames.indexOf(taken.at(-1) as Frame) + 1
    return taken
  }

  /** Waits until the unread frames include one for each of these events, and leaves them unread. */
  async untilHeard(...events: string[]): Promise<void> {
    await this.#until(
      () => hasAll(this.unread, events),
      () => `Expected ${events.join(', ')}, heard ${JSON.stringify(this.unread)}`,
    )
  }

  /** Takes the unread frames and ignores them. */
  skip(): void {
    this.#take()
  }

  /** Waits for the first matching frame of an event, including those already taken. */
  async first<K extends PushName>(
    event: K,
    matches: (data: PushOf<K>) => boolean = () => true,
  ): Promise<PushOf<K>> {
    const find = () => this.frames.find(([name, data]) => name === event && matches(data as PushOf<K>))
    await this.#until(
      () => find() !== undefined,
      () => `${event} did not come`,
    )
    return find()?.[1] as PushOf<K>
  }

  /** Makes round trips through the server: everything that was on its way to this socket has then arrived. */
  async settle(): Promise<void> {
    if (this.#options.settle) return this.#options.settle(this)
    for (let round = 0; round < settlingRounds; round++)
      await this.ask('leave', { room: 'a room that nobody joins' })
  }

  /** Waits until the server has admitted the socket. Rejects with the server's reason. */
  async admitted(): Promise<this> {
    await this.#until(
      () => this.socket.connected || this.#refusal !== undefined,
      () => 'The server neither admitted nor refused the socket',
    )
    if (this.#refusal) throw this.#refusal
    return this
  }

  /** Waits until the connection has ended. */
  async closed(): Promise<void> {
    await this.#until(
      () => !this.socket.connected,
      () => 'The connection is still open',
    )
  }

  #take(): Frame[] {
    const taken = this.unread
    this.#read = this.frames.length
    return taken
  }

  #record(frame: Frame): void {
    const { kept } = this.#options
    const recorded = kept ? kept(frame) : frame
    if (recorded) {
      this.frames.push(recorded)
      this.#note(recorded[0])
    }
    for (const look of this.#waiting) look()
  }

  #note(event: string): void {
    this.arrivals.push({ event, atMs: performance.now() })
  }

  async #untilUnread(count: number): Promise<void> {
    await this.#until(
      () => this.unread.length >= count,
      () => `Expected ${count} frames, heard ${JSON.stringify(this.unread)}`,
    )
  }

  async #until(isSo: () => boolean, problem: () => string): Promise<void> {
    if (isSo()) return
    // Made here, where its stack still says who waits.
    const late = new Error()
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!isSo()) return
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(look)
        reject(Object.assign(late, { message: problem() }))
      }, defaultDeadlineMs)
      this.#waiting.add(look)
    })
  }
}

/** Whether each event occurs at least as often as it is listed. */
function hasAll(frames: readonly Frame[], events: readonly string[]): boolean {
  const left = frames.map(([event]) => event)
  return events.every((event) => {
    const at = left.indexOf(event)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

/** The messages in all `entries` frames, in order. */
export function messagesIn(frames: readonly Frame[]): Message[] {
  return entriesIn(frames).filter(isMessage)
}

/** The entries in all `entries` frames, in order. */
export function entriesIn(frames: readonly Frame[]): Entry[] {
  return frames.flatMap(([event, data]) => (event === 'entries' ? (data as PushOf<'entries'>).entries : []))
}
