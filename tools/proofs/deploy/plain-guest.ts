import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import type { Entry, Message, Page, Position, StreamHead } from '../../../packages/protocol/src/index.ts'
import { shopKey } from '../drain/shop-server.ts'
import { DarkTimes } from './dark-times.ts'
import type { Guest, Sent } from './guest.ts'

interface Answer<T> {
  readonly status: 'success' | 'failure'
  readonly data: T
  readonly error?: { readonly retryable: boolean }
}

/** Before a request is sent again that may work later. */
const againMs = 500
const answerMs = 20_000

interface Waiting {
  readonly sent: Sent
  readonly payload: { readonly room_id: string; readonly message_data: string; readonly cid: string }
}

/**
 * Somebody on plain socket.io, which reconnects by itself. It does what the README says: joins again from where it was, and
 * sends again what was not answered.
 */
export class PlainGuest implements Guest {
  readonly kind = 'plain'
  readonly user: string
  readonly room: string
  readonly sent: Sent[] = []
  readonly dark = new DarkTimes()
  readonly problems: string[] = []
  repeats = 0
  readonly shown: string[] = []
  isLive = false
  readonly #socket: Socket
  readonly #waiting = new Set<Waiting>()
  #position: Position | undefined
  /** The last that came live on this connection. */
  #heard = 0
  #lastError = 'no error'
  #isClosed = false

  constructor(url: string, user: string, room: string, isOnlyWebSocket: boolean) {
    this.user = user
    this.room = room
    const auth = { protocol: 1, device_id: randomUUID(), ...shopKey, user_id: user }
    const transports = isOnlyWebSocket ? ['websocket'] : ['polling', 'websocket']
    this.#socket = io(url, { forceNew: true, transports, auth })
    this.#socket.on('connect', () => {
      this.#heard = 0
      void this.#enter().catch(() => undefined)
    })
    this.#socket.on('disconnect', () => {
      this.isLive = false
      this.dark.left()
    })
    this.#socket.on('connect_error', (error) => void this.#refused(error))
    this.#socket.on('entries', ({ entries }: { entries: readonly Entry[] }) => this.#hear(entries))
    this.#socket.on('heads', ({ heads }: { heads: readonly StreamHead[] }) => {
      if (heads.some(({ head }) => head.seq > (this.#position?.seq ?? 0))) this.#fetch()
    })
  }

  get state(): string {
    const { connected, active } = this.#socket
    return `plain ${connected ? 'joining' : active ? 'connecting' : 'waiting'} (${this.#lastError})`
  }

  say(text: string): void {
    const sent: Sent = { room: this.room, text, place: undefined }
    this.sent.push(sent)
    const waiting = { sent, payload: { room_id: this.room, message_data: text, cid: randomUUID() } }
    this.#waiting.add(waiting)
    if (this.isLive) void this.#send(waiting)
  }

  close(): void {
    this.#isClosed = true
    this.#socket.disconnect()
  }

  /** Those that have nothing to do with a refusal are tried again by socket.io. */
  async #refused(error: Error & { readonly data?: Answer<never>['error'] }): Promise<void> {
    this.#lastError = error.message
    if (this.#socket.active) return
    if (!error.data?.retryable) {
      this.problems.push(`${this.user} was refused: ${error.message}`)
      return
    }
    this.repeats += 1
    await pause(againMs)
    if (!this.#isClosed) this.#socket.connect()
  }

  async #enter(): Promise<void> {
    const position = this.#position && { position: this.#position }
    const page = await this.#ask<Page>('join', { room: this.room, ...position })
    this.#position ??= { epoch: page.epoch, seq: 0, id: null }
    if (page.reset) this.problems.push(`${this.user} had to begin again: ${page.reset.reason}`)
    this.#take(page.entries)
    this.isLive = true
    this.dark.back()
    for (const waiting of this.#waiting) void this.#send(waiting)
  }

  async #send(waiting: Waiting): Promise<void> {
    const { sent, payload } = waiting
    const message = await this.#ask<Message>('message_event', payload).catch(() => undefined)
    if (!message) return
    this.#waiting.delete(waiting)
    sent.place = { _id: message._id, seq: message.seq }
  }

  #fetch(): void {
    const asked = this.#ask<Page>('get_entries', { stream: `room:${this.room}`, position: this.#position })
    asked.then(({ entries }) => this.#take(entries)).catch(() => undefined)
  }

  /** Takes what comes live, once on each connection. */
  #hear(entries: readonly Entry[]): void {
    for (const { seq } of entries) {
      if (seq <= this.#heard) this.problems.push(`${this.user} got ${seq} again`)
      this.#heard = seq
    }
    this.#take(entries)
  }

  /** What was asked for may have come live, and the other way round. */
  #take(entries: readonly Entry[]): void {
    if (!this.#position) return
    for (const { seq, _id } of entries) {
      const known = this.#position.seq
      if (seq > known + 1) {
        this.#fetch()
        return
      }
      if (seq <= known) continue
      this.#position = { ...this.#position, seq, id: _id }
      this.shown.push(_id)
    }
  }

  /** Rejects when the connection ends before the answer. What is not answered in time is sent again. */
  async #ask<T>(event: string, payload: object): Promise<T> {
    const { id } = this.#socket
    const asked: Promise<Answer<T>> = this.#socket.timeout(answerMs).emitWithAck(event, payload)
    const answer = await asked.catch((error: unknown) => {
      if (this.#socket.id !== id) throw error
    })
    if (!answer) {
      this.repeats += 1
      return this.#ask(event, payload)
    }
    if (answer.status === 'success') return answer.data
    if (answer.error?.retryable) {
      this.repeats += 1
      await pause(againMs)
      return this.#ask(event, payload)
    }
    this.problems.push(`${this.user}: ${event} failed: ${JSON.stringify(answer)}`)
    throw new Error('The request failed')
  }
}
