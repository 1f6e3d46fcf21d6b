import { randomUUID } from 'node:crypto'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { expect, onTestFinished, vi } from 'vitest'
import { startServer } from '../src/testing/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const deadlineMs = 8_000

/** A server that runs already, whose workspace `demo` has other people's data in it. Without it every test starts one. */
export const runningServer = process.env.V2_URL

export async function serverUrl(): Promise<string> {
  if (runningServer) return runningServer
  const server = await startServer()
  onTestFinished(() => server.close())
  return server.url
}

/** What a V2 page puts into each ticket event. */
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

/** A bare socket.io client that writes down everything it hears. */
export class V2Client {
  readonly socket: Socket
  #frames: Frame[] = []
  #product: string | undefined
  #ticketsAsked = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.onAny((...frame: Frame) => this.#record(frame))
    socket.on('connect', () => this.#record(['connect']))
  }

  get id(): string {
    return this.socket.id ?? ''
  }

  #record(frame: Frame): void {
    // V2's clients look at no payload of this event.
    if (frame[0] === 'callEnded') this.#frames.push(['callEnded'])
    else if (!runningServer || !this.#isOthers(frame)) this.#frames.push(frame)
  }

  /** On a running server others open tickets, and close those that came before ours. */
  #isOthers([event, news]: Frame): boolean {
    if (event === 'new_ticket') return this.#product !== (news as Answer<Ticket>).data.product
    return event === 'waiting_time_response' && --this.#ticketsAsked < 0
  }

  /** Names the only product whose new tickets are written down on a running server. */
  ignoreTicketsBut(product: string): void {
    this.#product = product
  }

  emit(event: string, ...payload: unknown[]): void {
    if (event === 'create_ticket') this.#ticketsAsked++
    this.socket.emit(event, ...payload)
  }

  /** The one argument of the one acknowledgement. */
  async ask<Data>(event: string, ...payload: unknown[]): Promise<Answer<Data>> {
    const answers = await new Promise<unknown[]>((resolve, reject) => {
      const answered = (error: Error | null, ...args: unknown[]) => {
        if (error) reject(new Error(`${event} ${JSON.stringify(payload).slice(0, 200)} was not acknowledged`))
        else resolve(args)
      }
      this.socket.timeout(deadlineMs).emit(event, ...payload, answered)
    })
    expect(answers, `the acknowledgement of ${event}`).toHaveLength(1)
    expectNoKey(answers)
    return answers[0] as Answer<Data>
  }

  /** Waits for as many frames as expected; then exactly these must have come since the last time, in this order. */
  async hears(...expected: unknown[][]): Promise<Frame[]> {
    const heard = await this.#heard(expected.length)
    expect(heard).toEqual(expected)
    return heard
  }

  /** The same where the documents leave the order open. */
  async hearsInAnyOrder(...expected: unknown[][]): Promise<Frame[]> {
    const heard = await this.#heard(expected.length)
    expect(heard).toHaveLength(expected.length)
    expect(heard).toEqual(expect.arrayContaining(expected))
    return heard
  }

  async hearsNothing(): Promise<void> {
    await this.hears()
  }

  /** All that came, unasserted. */
  async everything(): Promise<Frame[]> {
    return this.#heard(0)
  }

  /** Some frames, unasserted. */
  async next(count: number): Promise<Frame[]> {
    await this.#arrived(count)
    return this.#taken()
  }

  async #heard(count: number): Promise<Frame[]> {
    await this.#arrived(count)
    if (this.socket.connected) await this.settle()
    return this.#taken()
  }

  #taken(): Frame[] {
    expectNoKey(this.#frames)
    return this.#frames.splice(0)
  }

  async #arrived(count: number): Promise<void> {
    const enough = () => expect(this.#frames.length).toBeGreaterThanOrEqual(count)
    // Too few frames fail in the comparison that follows, which shows what did come.
    await vi.waitFor(enough, { timeout: deadlineMs, interval: 2 }).catch(() => undefined)
  }

  /** Round trips through the server and its store: what was under way before them has arrived after them. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const message = { room_id: unique('settle'), message_data: 'settled', cid: randomUUID() }
      expect(await this.ask('message_event', message)).toMatchObject({ status: 'success' })
    }
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    await vi.waitFor(() => expect(this.socket.connected).toBe(false), { timeout: deadlineMs, interval: 2 })
  }
}

type Options = Partial<ManagerOptions & SocketOptions>

/** Opens a socket without waiting for anything. */
export function open(url: string, options: Options = {}): V2Client {
  const socket = io(url, { forceNew: true, reconnection: false, ...options })
  onTestFinished(() => {
    socket.disconnect()
  })
  return new V2Client(socket)
}

export const welcome = ['my_response', { data: expect.stringMatching(/^Welcome/), count: 0 }]

/** A V2 socket that has heard its welcome. */
export async function connect(
  url: string,
  auth?: Record<string, unknown>,
  options: Options = {},
): Promise<V2Client> {
  const client = open(url, { ...options, ...(auth && { auth }) })
  const heard = await client.next(3)
  expect(heard).toEqual([welcome, ['me', client.id], ['connect']])
  return client
}

/** A V2 socket whose handshake said who it is, with the key of `demo`. */
export function connectAs(
  url: string,
  userId: string | number,
  more: Record<string, unknown> = {},
): Promise<V2Client> {
  return connect(url, { ...key, user_id: userId, ...more })
}

/** A socket of the current dialect, which has no name for V2's events. */
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
  await vi.waitFor(gone, { timeout: deadlineMs, interval: 20 })
}

// What frames look like.
export const text = expect.stringMatching(/^(?!.*(\bat \S+:\d+|Zod|node_modules|\n)).*\S/)
export const id = expect.stringMatching(/^.{1,128}$/)
export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
export const nullable = (matcher: unknown): unknown => expect.toBeOneOf([matcher, null])

export const notice = (data: unknown): Frame => ['my_response', { data, count: 0 }]
export const live = (data: unknown, sid: unknown): Frame => ['my_response', { data, sid }]
export const joined = (who: string): Frame => notice(expect.stringMatching(new RegExp(`^${who} joined `)))
export const left = (room: string): Frame => ['my_response', { data: `Left room: ${room}` }]
export const success = (operation: string, data: unknown) => ({ data, status: 'success', operation })
/** A failure without an acknowledgement: these fields and no other. */
export const failure = (operation: string) => ({ data: text, status: 'failure', operation })
/** A failure in an acknowledgement. */
export const refused = (operation: string, code: unknown) => ({
  status: 'failure',
  operation,
  data: text,
  error: expect.objectContaining({ code, message: text, retryable: false }),
})

export interface Topic {
  _id: string
  name: string
}
export interface LineManager {
  _id: string
  user_id: string
  positions_in_a_line: number
  ticket_count: number
}
export interface Ticket {
  _id: string
  user_id: string
  line_manager: string | null
  product: string
  is_closed: boolean
  waiting_time: number | null
}
export interface Message {
  _id: string
  seq: number
  nth: number
  author: string
  display_name: string | null
  message_data: string
}

export const topicFields = { _id: id, name: text, created_at: time }
export const lineManagerFields = {
  _id: id,
  user_id: id,
  positions_in_a_line: expect.any(Number),
  average_serving_time: expect.any(Number),
  ticket_count: expect.any(Number),
  is_active: true,
  created_at: time,
}
export const ticketFields = {
  _id: id,
  user_id: id,
  display_name: nullable(text),
  line_manager: nullable(id),
  is_closed: false,
  created_at: time,
  updated_at: time,
  product: id,
  waiting_time: nullable(expect.any(Number)),
}
/** A ticket's message in a list; live ones have `workspace_id` too. */
export const ticketMessageFields = {
  _id: id,
  ticket_id: id,
  message_data: expect.any(String),
  author: id,
  reply_to: 'None',
  is_read: false,
  created_at: time,
  product: id,
}
/** A message as an acknowledgement has it. */
export const messageFields = {
  _id: id,
  stream: id,
  seq: expect.any(Number),
  nth: expect.any(Number),
  type: 'message',
  kind: 'text',
  cid: id,
  message_data: expect.any(String),
  author: id,
  display_name: nullable(text),
  reply_to: null,
  created_at: time,
  client_created_at: null,
}

/** The `data` of a frame's envelope. */
export function dataOf<Data>(frame: Frame | undefined): Data {
  const [, answer] = frame ?? []
  return (answer as Answer<Data>).data
}

/** Opens a ticket as a V2 page does. */
export async function makeTicket(client: V2Client, fields: Record<string, unknown>): Promise<Ticket> {
  client.emit('create_ticket', { ...key, created_at: new Date(), ...fields })
  const [answer] = await client.hears(
    ['ticket_response', success('create_ticket', ticketFields)],
    ['waiting_time_response', success('create_ticket', { waiting_time: nullable(expect.any(Number)) })],
  )
  return dataOf(answer)
}

export async function makeLineManager(
  client: V2Client,
  fields: Record<string, unknown>,
): Promise<LineManager> {
  const standard = {
    positions_in_a_line: 1,
    average_serving_time: 4,
    ticket_count: 0,
    created_at: new Date(),
  }
  client.emit('create_line_manager', { ...key, ...standard, ...fields })
  const [answer] = await client.hears(['setting_response', success('create_line_manager', lineManagerFields)])
  return dataOf(answer)
}

/** The line manager as everybody's list has it. */
export async function lineManager(client: V2Client, userId: string): Promise<LineManager | undefined> {
  const { data } = await client.ask<LineManager[]>('get_all_line_managers', key)
  return data.find(({ user_id }) => user_id === userId)
}
