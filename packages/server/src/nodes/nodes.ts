import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import type { Logger } from '../logger.ts'
import type { NodeStore } from '../stores/store.ts'
import type { Bus } from './bus.ts'
import {
  envelopeIn,
  isKnown,
  type NodeMessageKind as Kind,
  messages,
  type NodeMessages,
  textOf,
} from './messages.ts'
import { Others } from './others.ts'
import { Questions } from './questions.ts'
import { BusTraffic } from './traffic.ts'
import { watchHearing } from './watch-hearing.ts'

type Listener = (data: never, from: string) => void
type Responder = (data: unknown, from: string) => unknown

interface NodesParts {
  /** Missing where no other server can share the store. */
  readonly store: NodeStore | undefined
  readonly bus: Bus | undefined
  readonly logger: Logger
}

/** How a server stands to the others on its store. */
export interface ServersSeen {
  /** How many other servers live. */
  readonly others: number
  /** Whether they can speak to each other: `away` while Redis does not answer, `none` without one. */
  readonly redis: 'connected' | 'away' | 'none'
}

const beatMs = 500
/** How often, and how many times, a server that starts asks whether the others know it. */
const meetMs = 50
const mostMeetings = 10
const meeting = 'meeting'

/**
 * The servers on one store. Each has a row there that says that it lives; what they say to each other travels over the bus,
 * where there is one.
 */
export class Nodes {
  /** This server's id, new at each start. */
  readonly id = randomUUID()
  readonly traffic = new BusTraffic()
  readonly #parts: NodesParts
  readonly #others: Others
  readonly #listeners = new Map<string, Listener[]>()
  readonly #responders = new Map<string, Responder>()
  readonly #questions = new Questions()
  /** Those who have answered since this server has started, and so know its row. */
  readonly #knownBy = new Set<string>()
  #sent = 0
  #timer: NodeJS.Timeout | undefined
  #stopWatching: (() => void) | undefined

  constructor(parts: NodesParts) {
    this.#parts = parts
    this.#others = new Others({ id: this.id, store: parts.store, logger: parts.logger })
    this.#others.onLeft((id) => this.#questions.forget(id))
    this.answer('here', () => null)
    this.on('leaving', (_, from) => this.#others.leaves(from))
    this.on('question', ({ id, question, data }, from) => void this.#respond(id, question, data, from))
    this.on('answer', ({ id, data }, from) => {
      if (id === meeting) this.#knownBy.add(from)
      else this.#questions.take(id, from, data)
    })
  }

  /** Counts what has arrived and is not what its kind has, which not everything is read for here. */
  ignore(): void {
    this.#ignore('data')
  }

  /** What has arrived, if it has this form; else it is ignored, and undefined. */
  read<S extends z.core.$ZodType>(schema: S, data: unknown): z.output<S> | undefined {
    const read = z.safeParse(schema, data)
    if (read.success) return read.data
    this.ignore()
    return undefined
  }

  /** The other servers that live. */
  get others(): readonly string[] {
    return this.#others.ids
  }

  /** Whether everything that the others say arrives here. Without others there is nothing to hear. */
  get hearsAll(): boolean {
    return this.#others.areHeard
  }

  /** How many others live and are not heard. */
  get unheard(): number {
    return this.#others.ids.length - this.#others.heardIds.length
  }

  /** Whether other servers can be on the store. */
  get isShared(): boolean {
    return this.#parts.store !== undefined
  }

  /** Whether there is a bus. */
  get hasBus(): boolean {
    return this.#parts.bus !== undefined
  }

  get isBusConnected(): boolean {
    return this.#parts.bus?.isConnected ?? false
  }

  /** How many servers there are, and whether they can speak; undefined where no other can be. */
  get seen(): ServersSeen | undefined {
    if (!this.#parts.store) return undefined
    const redis = this.hasBus ? (this.isBusConnected ? 'connected' : 'away') : 'none'
    return { others: this.others.length, redis }
  }

  /**
   * What has arrived from each other server: the number of its last message. A message that carries these shows whether its
   * sender knew of one of ours.
   */
  get numbers(): [id: string, n: number][] {
    return this.#others.numbers
  }

  /**
   * Calls the listener whenever something may have been missed, and every second while others live that are not heard: read
   * the store.
   */
  onMissed(listener: () => void): void {
    this.#others.onMissed(listener)
  }

  /** Calls the listener for each server that has ended: at once if it says so, else within five seconds. */
  onLeft(listener: (id: string) => void): void {
    this.#others.onLeft(listener)
  }

  /** Says something to all other servers, or to one. */
  tell<K extends Kind>(kind: K, data: NodeMessages[K], to?: string): void {
    const { bus } = this.#parts
    if (!bus) return
    this.#sent += 1
    const text = textOf({ from: this.id, n: this.#sent, ...(to !== undefined && { to }), kind, data })
    // Without it there is a gap, which others notice.
    if (text === undefined) return
    bus.publish(text)
    this.traffic.sent[kind] += 1
  }

  /** The number of the last message of this server. */
  get sent(): number {
    return this.#sent
  }

  /** Says what this server does about a kind of message. */
  on<K extends Kind>(kind: K, listener: (data: NodeMessages[K], from: string) => void): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener as Listener])
  }

  /** Says what this server answers to a question, now or later; what arrives is parsed by the responder. */
  answer(question: string, responder: Responder): void {
    this.#responders.set(question, responder)
  }

  /**
   * Asks all other servers that are heard; the answers of those that answer within a second. One that does not know the
   * question, or cannot answer it, answers null.
   */
  ask(question: string, data: unknown): Promise<unknown[]> {
    const ids = this.isBusConnected ? this.#others.heardIds : []
    return this.#questions.ask(ids, (id) => this.tell('question', { id, question, data: data ?? null }))
  }

  /** As `ask`, of one server; undefined where it does not answer in time. */
  async askOne(server: string, question: string, data: unknown): Promise<unknown> {
    if (!this.isBusConnected || !this.#others.heardIds.includes(server)) return undefined
    const send = (id: string) => this.tell('question', { id, question, data: data ?? null }, server)
    const [answer] = await this.#questions.ask([server], send)
    return answer
  }

  /**
   * Resolves once the others know this server and can be heard, where there is a bus that works. Rejects, and has begun nothing,
   * where it cannot be read who they are.
   */
  async start(): Promise<void> {
    await this.#others.start()
    const { bus, store, logger } = this.#parts
    await bus?.start((text) => this.#receive(text), logger)
    this.#timer = setInterval(() => this.tell('beat', {}), beatMs).unref()
    if (!store) return
    this.#stopWatching = watchHearing(this, logger)
    await this.#meet()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopWatching?.()
    this.tell('leaving', {})
    await this.#others.stop()
    await this.#parts.bus?.stop()
  }

  /** What it says before the others have read its row would not be acted on. Those that have ended do not answer. */
  async #meet(): Promise<void> {
    const isUnknown = (id: string): boolean => !this.#knownBy.has(id)
    for (let n = 0; n < mostMeetings && this.isBusConnected && this.others.some(isUnknown); n++) {
      this.tell('question', { id: meeting, question: 'here', data: null })
      await new Promise((resolve) => setTimeout(resolve, meetMs))
    }
    this.#knownBy.clear()
  }

  #receive(text: string): void {
    const envelope = envelopeIn(text)
    if (!envelope) {
      this.#ignore('foreign')
      return
    }
    const { from, n, to, kind, data } = envelope
    if (from === this.id) return
    // A store without rows of servers may be shared all the same, by who has written it.
    if (this.#parts.store && !this.#isNext(from, n)) return
    if (to === undefined || to === this.id) this.#act(kind, data, from)
  }

  /** Whether a message is of a server on this store, and its number is not of an earlier one. */
  #isNext(from: string, n: number): boolean {
    if (!this.#others.has(from)) {
      void this.#others.lookFor()
      this.#ignore('sender')
      return false
    }
    const left = this.#others.heard(from, n)
    if (left === undefined) this.#ignore('order')
    else if (left > 0) this.traffic.gaps += 1
    return left !== undefined
  }

  #act(kind: string, data: unknown, from: string): void {
    if (!isKnown(kind)) {
      this.#ignore('kind')
      return
    }
    const read = z.safeParse(messages[kind], data)
    if (!read.success) {
      this.#ignore('data')
      return
    }
    this.traffic.received[kind] += 1
    for (const listener of this.#listeners.get(kind) ?? []) {
      try {
        listener(read.data as never, from)
      } catch (error) {
        this.#parts.logger.error({ error, kind }, 'What another server said could not be acted on')
      }
    }
  }

  async #respond(id: string, question: string, data: unknown, from: string): Promise<void> {
    let answer: unknown
    try {
      answer = await this.#responders.get(question)?.(data, from)
    } catch (error) {
      this.#parts.logger.error({ error, kind: 'question' }, 'What another server asked could not be answered')
    }
    this.tell('answer', { id, data: answer ?? null }, from)
  }

  #ignore(why: keyof BusTraffic['ignored']): void {
    this.traffic.ignored[why] += 1
  }
}
