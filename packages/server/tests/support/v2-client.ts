import { randomUUID } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { expect, onTestFinished, vi } from 'vitest'
import { startServer } from '../../src/testing/index.ts'
import { type ClientOptions, TestSocket } from '../../src/testing/test-socket.ts'
import { until } from './sockets.ts'

// Against two servers it is the database that takes long.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

/** The URL of a running server to test, whose workspace `demo` has other data too. Without it every test starts a server. */
export const runningServer = process.env.V2_URL

export async function serverUrl(): Promise<string> {
  if (runningServer) return runningServer
  const server = await startServer()
  onTestFinished(() => server.close())
  return server.url
}

/** The fields that a V2 page adds to each ticket event. */
export const key = { workspace_id: 'demo', api_key: 'demo-key' }
export const otherKey = { workspace_id: 'other', api_key: 'other-key' }

export function unique(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`
}

export type Frame = [event: string, ...args: unknown[]]

export interface Answer<Data = unknown> {
  status: 'success' | 'failure'
  operation: string
  data: Data
  error?: { code: string }
}

function expectNoKey(sent: unknown): void {
  expect(JSON.stringify(sent), 'what the server sent').not.toMatch(/demo-key|other-key/)
}

/** A V2 page's socket, on `TestSocket`, with the expectations of the V2 tests. */
export class V2Client {
  readonly socket: Socket
  readonly #recorder: TestSocket
  #product: string | undefined
  #ticketsAsked = 0

  constructor(socket: Socket) {
    this.socket = socket
    this.#recorder = new TestSocket(socket, {
      kept: (frame) => this.#kept(frame),
      settle: () => this.settle(),
    })
  }

  get id(): string {
    return this.#recorder.id
  }

  #kept(frame: readonly [event: string, ...args: unknown[]]): Frame | undefined {
    // V2's clients ignore this event's payload.
    if (frame[0] === 'callEnded') return ['callEnded']
    if (frame[0] === 'connect_error' || frame[0] === 'disconnect') return undefined
    return runningServer && this.#isOthers(frame) ? undefined : [...frame]
  }

  /** Whether a frame is about other clients' tickets, which exist only on a running server. */
  #isOthers([event, news]: readonly [event: string, ...args: unknown[]]): boolean {
    if (event === 'new_ticket') return this.#product !== (news as Answer<{ product: string }>).data.product
    return event === 'waiting_time_response' && --this.#ticketsAsked < 0
  }

  /** Names the only product whose new tickets are recorded on a running server. */
  ignoreTicketsBut(product: string): void {
    this.#product = product
  }

  emit(event: string, ...payload: unknown[]): void {
    if (event === 'create_ticket') this.#ticketsAsked++
    this.#recorder.emit(event, ...payload)
  }

  /** Sends an event; resolves to its acknowledgement. Fails if it contains a key. */
  async ask<Data>(event: string, ...payload: unknown[]): Promise<Answer<Data>> {
    const answer = await this.#recorder.ask(event, ...payload)
    expectNoKey(answer)
    return answer as Answer<Data>
  }

  /** Waits for as many frames as expected. Fails unless exactly these have come since the last call, in this order. */
  async hears(...expected: unknown[][]): Promise<Frame[]> {
    const heard = await this.#heard(expected.length)
    expect(heard).toEqual(expected)
    return heard
  }

  /** As `hears`, in any order. */
  async hearsInAnyOrder(...expected: unknown[][]): Promise<Frame[]> {
    const heard = await this.#heard(expected.length)
    expect(heard).toHaveLength(expected.length)
    expect(heard).toEqual(expect.arrayContaining(expected))
    return heard
  }

  async hearsNothing(): Promise<void> {
    await this.hears()
  }

  /** Takes all frames that have come, whatever they are. */
  async everything(): Promise<Frame[]> {
    return this.#heard(0)
  }

  /** Waits for some frames and takes them, whatever they are. */
  async next(count: number): Promise<Frame[]> {
    const taken = this.#recorder.next(count)
    // On a running server the awaited frame may be one of those that are not recorded.
    return withoutKey(await (runningServer ? taken.catch(() => this.#recorder.heard()) : taken))
  }

  async #heard(count: number): Promise<Frame[]> {
    return withoutKey(await this.#recorder.heard(count))
  }

  /** Makes round trips through the server and its store: everything that was under way has then arrived. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const message = { room_id: unique('settle'), message_data: 'settled', cid: randomUUID() }
      expect(await this.ask('message_event', message)).toMatchObject({ status: 'success' })
    }
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    await this.#recorder.closed()
  }
}

function withoutKey(frames: readonly (readonly [event: string, ...args: unknown[]])[]): Frame[] {
  expectNoKey(frames)
  return frames.map((frame) => [...frame])
}

/** Opens a socket without waiting for anything. */
export function open(url: string, options: ClientOptions = {}): V2Client {
  const socket = io(url, { forceNew: true, reconnection: false, ...options })
  onTestFinished(() => {
    socket.disconnect()
  })
  return new V2Client(socket)
}

export const welcome = ['my_response', { data: expect.stringMatching(/^Welcome/), count: 0 }]

/** Opens a V2 socket and waits for its welcome. */
export async function connect(
  url: string,
  auth?: Record<string, unknown>,
  options: ClientOptions = {},
): Promise<V2Client> {
  const client = open(url, { ...options, ...(auth && { auth }) })
  const heard = await client.next(3)
  expect(heard).toEqual([welcome, ['me', client.id], ['connect']])
  return client
}

/** Opens a V2 socket whose handshake names a user, with the key of `demo`. */
export function connectAs(
  url: string,
  userId: string | number,
  more: Record<string, unknown> = {},
): Promise<V2Client> {
  return connect(url, { ...key, user_id: userId, ...more })
}

/** Opens a socket of the current dialect, which knows none of V2's own events. */
export async function connectCurrent(
  url: string,
  userId: string,
  more: Record<string, unknown> = {},
): Promise<V2Client> {
  const auth = { protocol: 1, device_id: randomUUID(), ...key, user_id: userId, ...more }
  const client = open(url, { auth })
  expect(await client.next(2)).toEqual([['hello', expect.objectContaining({ user_id: userId })], ['connect']])
  return client
}

/** Waits until the server knows that a socket is gone. */
export async function untilGone(socketId: string, asker: V2Client): Promise<void> {
  const gone = async () => {
    const answer = await asker.ask('callUser', { userToCall: socketId, signalData: 'are you there' })
    if (answer.status === 'success') await asker.ask('endCall')
    expect(answer.status).toBe('failure')
  }
  await until(gone)
}
