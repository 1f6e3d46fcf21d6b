import { randomUUID } from 'node:crypto'
import type { Failure, Page, Success } from '@dowellchat/protocol'
import { io, type Socket } from 'socket.io-client'
import { onTestFinished, vi } from 'vitest'

const deadlineMs = 15_000

export interface Frame {
  readonly event: string
  readonly args: readonly unknown[]
  /** When it came, on `performance.now()`'s clock. */
  readonly atMs: number
}

/** What an acknowledgement says. */
export type Answer<Data = unknown> = Success<Data> | Failure

/** A bare socket.io socket that writes down what it hears and when. */
export class Client {
  readonly socket: Socket
  readonly heard: Frame[] = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.onAny((event: string, ...args: unknown[]) =>
      this.heard.push({ event, args, atMs: performance.now() }),
    )
  }

  emit(event: string, payload: unknown): void {
    this.socket.emit(event, payload)
  }

  /** The acknowledgement, which is written down as `<event> acknowledged`. */
  async ask<Data = unknown>(event: string, payload: unknown): Promise<Answer<Data>> {
    const answer: Answer<Data> = await this.socket.timeout(deadlineMs).emitWithAck(event, payload)
    this.heard.push({ event: `${event} acknowledged`, args: [answer], atMs: performance.now() })
    return answer
  }

  /** The data of a good answer. @throws where it is a failure */
  async get<Data>(event: string, payload: unknown): Promise<Data> {
    const answer = await this.ask<Data>(event, payload)
    if (answer.status === 'failure') throw new Error(`${event}: ${answer.error.code}, ${answer.data}`)
    return answer.data
  }

  /** Resolves when frames of these names have come since the last `clear`. */
  async hears(...events: string[]): Promise<void> {
    await until(() => {
      const left = this.heard.map(({ event }) => event)
      for (const event of events) {
        const at = left.indexOf(event)
        if (at < 0) throw new Error(`Expected ${events.join(', ')}, heard ${JSON.stringify(this.heard)}`)
        left.splice(at, 1)
      }
    })
  }

  clear(): void {
    this.heard.length = 0
  }
}

/** Waits until the check throws no more. */
export async function until(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: deadlineMs, interval: 5 })
}

/** Resolves when the socket is let in; rejects with the server's reason where it is not. */
export async function connect(url: string, auth: Record<string, unknown> = {}): Promise<Client> {
  const socket = io(url, { auth, forceNew: true, reconnection: false, transports: ['websocket'] })
  onTestFinished(() => {
    socket.disconnect()
  })
  const client = new Client(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return client
}

/** Somebody in the workspace `shop`, over a socket of the current dialect. */
export function connectAs(url: string, userId: string, more: Record<string, unknown> = {}): Promise<Client> {
  const identity = { workspace_id: 'shop', api_key: 'shop-key', user_id: userId }
  return connect(url, { protocol: 1, device_id: randomUUID(), ...identity, ...more })
}

/** The whole of a stream, oldest first, read backwards from its newest page. */
export async function readBackwards(client: Client, room: string): Promise<Page['entries']> {
  let page = await client.get<Page>('join', { room })
  const entries = [...page.entries]
  while (page.more) {
    const before = entries[0]?.nth ?? 0
    page = await client.get<Page>('get_messages', { stream: page.stream, before })
    entries.unshift(...page.entries)
  }
  return entries
}

/** The whole of a stream, read forwards from nothing. */
export async function readForwards(client: Client, room: string): Promise<Page['entries']> {
  const { stream, epoch } = await client.get<Page>('join', { room })
  const entries: Page['entries'] = []
  for (;;) {
    const last = entries.at(-1)
    const position = { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
    const page = await client.get<Page>('get_entries', { stream, position })
    entries.push(...page.entries)
    if (!page.more) return entries
  }
}
