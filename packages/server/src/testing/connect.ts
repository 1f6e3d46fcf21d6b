import { randomUUID } from 'node:crypto'
import {
  type DataOf,
  type ErrorCode,
  Failure,
  type Message,
  type PayloadOf,
  type PushName,
  type PushOf,
  protocolVersion,
  type RequestName,
} from '@dowellchat/protocol'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import type { ChatServer, ChatServerOptions } from '../chat-server.ts'
import { startServer, testWorkspaces } from './start-server.ts'

/** One thing that a socket heard. `connect`, `connect_error` and `disconnect` are among them. */
export type Frame = readonly [event: string, ...data: unknown[]]

/** An acknowledgement, whatever it says. */
export type AnyAnswer = { status: 'success'; operation: string; data: unknown } | Failure

const deadlineMs = 10_000
const settlingRounds = 2

/** A plain socket.io client that writes down everything it hears, in the order in which it came. */
export class TestSocket {
  readonly socket: Socket
  /** Everything since it was opened. */
  readonly frames: Frame[] = []
  /** Every acknowledgement that it was given. */
  readonly answers: AnyAnswer[] = []
  #read = 0
  readonly #waiting = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    socket.onAny((...frame: [string, ...unknown[]]) => this.#record(frame))
    socket.on('connect', () => this.#record(['connect']))
    socket.on('connect_error', (error) =>
      this.#record(['connect_error', (error as { data?: unknown }).data ?? error.message]),
    )
    socket.on('disconnect', (reason) => this.#record(['disconnect', reason]))
  }

  /** The socket's id; '' while it is not connected. */
  get id(): string {
    return this.socket.id ?? ''
  }

  /** Sends an event without asking for an answer. */
  emit(event: string, ...payload: unknown[]): void {
    this.socket.emit(event, ...payload)
  }

  /** Sends an event and gives its acknowledgement, whatever it says. Rejects without one in time. */
  async ask(event: string, ...payload: unknown[]): Promise<AnyAnswer> {
    const answers = await new Promise<unknown[]>((resolve, reject) => {
      this.socket.timeout(deadlineMs).emit(event, ...payload, (error: Error | null, ...args: unknown[]) => {
        if (error) reject(new Error(`${event} ${JSON.stringify(payload).slice(0, 200)} was not acknowledged`))
        else resolve(args)
      })
    })
    if (answers.length !== 1) throw new Error(`${event} was acknowledged with ${answers.length} arguments`)
    const [answer] = answers as [AnyAnswer]
    this.answers.push(answer)
    return answer
  }

  /** Makes a request of the contract and gives its data. Rejects if it fails. */
  async request<K extends RequestName>(event: K, payload: PayloadOf<K>): Promise<DataOf<K>> {
    const answer = await this.ask(event, payload)
    if (answer.status !== 'success' || answer.operation !== event)
      throw new Error(`${event} failed: ${JSON.stringify(answer)}`)
    // The server has parsed it with the schema of this request.
    return answer.data as DataOf<K>
  }

  /** Makes a request that has to fail, in the form that every failure has, and gives its code. */
  async refusal(event: string, ...payload: unknown[]): Promise<ErrorCode> {
    const answer = await this.ask(event, ...payload)
    const failed = Failure.safeParse(answer).data
    const isTold = failed?.operation === event && failed.data === failed.error.message
    if (!isTold) throw new Error(`${event} did not fail as it should: ${JSON.stringify(answer)}`)
    return failed.error.code
  }

  /**
   * Waits until at least so many frames have come since the last time, lets what is under way arrive, and gives all of
   * them. Rejects if too few come in time.
   */
  async heard(atLeast = 0): Promise<Frame[]> {
    const unread = () => this.frames.slice(this.#read)
    await this.#until(() => this.frames.length - this.#read >= atLeast)
    if (unread().length < atLeast)
      throw new Error(`Expected ${atLeast} frames, heard ${JSON.stringify(unread())}`)
    if (this.socket.connected) await this.settle()
    const heard = unread()
    this.#read = this.frames.length
    return heard
  }

  /** Round trips through the server: what was on its way to this socket before has come afterwards. */
  async settle(): Promise<void> {
    for (let round = 0; round < settlingRounds; round++)
      await this.ask('leave', { room: 'a room that nobody joins' })
  }

  /** Waits for the first frame of an event that matches, among all since it was opened. */
  async first<K extends PushName>(
    event: K,
    matches: (data: PushOf<K>) => boolean = () => true,
  ): Promise<PushOf<K>> {
    const find = () => this.frames.find(([name, data]) => name === event && matches(data as PushOf<K>))
    await this.#until(() => find() !== undefined)
    const frame = find()
    if (!frame) throw new Error(`${event} did not come`)
    return frame[1] as PushOf<K>
  }

  /** Waits until the connection has ended. */
  async closed(): Promise<void> {
    await this.#until(() => !this.socket.connected)
    if (this.socket.connected) throw new Error('The connection is open still')
  }

  #record(frame: Frame): void {
    this.frames.push(frame)
    for (const look of this.#waiting) look()
  }

  async #until(isSo: () => boolean): Promise<void> {
    if (isSo()) return
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve()
      }
      const look = () => {
        if (isSo()) stop()
      }
      const timer = setTimeout(stop, deadlineMs)
      this.#waiting.add(look)
    })
  }
}

/** The messages of all `entries` frames among these, in their order. */
export function messagesIn(frames: readonly Frame[]): Message[] {
  return frames.flatMap(([event, data]) => (event === 'entries' ? (data as PushOf<'entries'>).entries : []))
}

export type Auth = Readonly<Record<string, unknown>>
export type ClientOptions = Partial<ManagerOptions & SocketOptions>

/** A server of one test, and the sockets that were opened to it. */
export interface TestChat {
  readonly server: ChatServer
  readonly url: string
  readonly sockets: readonly TestSocket[]
  /** Opens a socket with exactly this `auth`, without waiting for anything. */
  open(auth?: Auth, options?: ClientOptions): TestSocket
  /** A socket of the current dialect that has heard its `hello`; without more in `auth` a customer of `demo`. */
  connect(userId: string, auth?: Auth, options?: ClientOptions): Promise<TestSocket>
  /** A V2 socket that has heard its welcome; without `auth` nobody in particular. */
  connectV2(auth?: Auth, options?: ClientOptions): Promise<TestSocket>
  /** Ends all of it. Rejects if a socket has heard an API key. */
  close(): Promise<void>
}

/**
 * Starts a server as `startServer` does, with sockets to it. `onClose` is given what ends them, so that a test runner's
 * own hook can: `await openChat(onTestFinished)`.
 */
export async function openChat(
  onClose: (close: () => Promise<void>) => unknown,
  options: Partial<ChatServerOptions> = {},
): Promise<TestChat> {
  const server = await startServer(options)
  const keys = (options.workspaces ?? testWorkspaces).flatMap((workspace) => workspace.keys)
  const sockets: TestSocket[] = []
  let closing: Promise<void> | undefined

  function open(auth: Auth = {}, clientOptions: ClientOptions = {}): TestSocket {
    const standard = { forceNew: true, reconnection: false, transports: ['websocket'] }
    const socket = new TestSocket(io(server.url, { ...standard, auth: { ...auth }, ...clientOptions }))
    sockets.push(socket)
    return socket
  }

  async function closeAll(): Promise<void> {
    for (const { socket } of sockets) socket.disconnect()
    await server.close()
    const heard = sockets.flatMap(({ frames, answers }) => [...frames, ...answers])
    const shown = heard
      .map((one) => JSON.stringify(one))
      .find((text) => keys.some((key) => text.includes(key)))
    if (shown) throw new Error(`A socket was shown an API key: ${shown}`)
  }

  const chat: TestChat = {
    server,
    url: server.url,
    sockets,
    open,
    connect(userId, auth = {}, clientOptions = {}) {
      const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id: userId, device_id: randomUUID() }
      return greeted(open({ protocol: protocolVersion, ...identity, ...auth }, clientOptions), [
        'hello',
        'connect',
      ])
    },
    connectV2: (auth, clientOptions) => greeted(open(auth, clientOptions), ['my_response', 'me', 'connect']),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
  onClose(() => chat.close())
  return chat
}

async function greeted(socket: TestSocket, expected: readonly string[]): Promise<TestSocket> {
  const events = (await socket.heard(expected.length)).map(([event]) => event)
  if (events.join() !== expected.join())
    throw new Error(`Expected ${expected.join()} first, heard ${JSON.stringify(socket.frames)}`)
  return socket
}
