import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import type { Logger } from '../logger.ts'
import type { NodeStore } from '../stores/store.ts'
import type { Bus } from './bus.ts'
import { Envelope, messages, type NodeMessages } from './messages.ts'
import { Others } from './others.ts'

type Kind = keyof NodeMessages
type Listener = (data: never, from: string) => void
type Responder = (data: unknown) => unknown

interface NodesParts {
  /** Missing where no other server can share the store. */
  readonly store: NodeStore | undefined
  readonly bus: Bus | undefined
  readonly logger: Logger
}

const beatMs = 500
/** How long a question waits for servers that do not answer. */
const answerMs = 500

interface Open {
  readonly answers: unknown[]
  readonly waitingFor: Set<string>
  readonly done: () => void
}

/**
 * The servers on one store. Each has a row there that says that it lives; what they say to each other travels over the bus,
 * where there is one.
 */
export class Nodes {
  /** This server's id, new at each start. */
  readonly id = randomUUID()
  readonly #parts: NodesParts
  readonly #others: Others
  readonly #listeners = new Map<string, Listener[]>()
  readonly #responders = new Map<string, Responder>()
  readonly #open = new Map<string, Open>()
  #sent = 0
  /** What arrived on the bus and is no message of a server. */
  ignored = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: NodesParts) {
    this.#parts = parts
    this.#others = new Others({
      id: this.id,
      store: parts.store,
      hasBus: parts.bus !== undefined,
      logger: parts.logger,
    })
    this.answer('here', () => null)
  }

  /** Counts what has arrived and is not what it should be. */
  ignore(): void {
    this.ignored += 1
  }

  /** The other servers that live. */
  get others(): readonly string[] {
    return this.#others.ids
  }

  /** Whether everything that the others say arrives here. Without others there is nothing to hear. */
  get hearsAll(): boolean {
    return this.#others.areHeard
  }

  /** Whether there is a bus. */
  get hasBus(): boolean {
    return this.#parts.bus !== undefined
  }

  get isBusConnected(): boolean {
    return this.#parts.bus?.isConnected ?? false
  }

  /** Calls the listener whenever something may have been missed, and every second while others are not heard: read the store. */
  onMissed(listener: () => void): void {
    this.#others.onMissed(listener)
  }

  /** Calls the listener for each server that has ended, within seconds. */
  onLeft(listener: (id: string) => void): void {
    this.#others.onLeft(listener)
  }

  /** Says something to all other servers, or to one. */
  tell<K extends Kind>(kind: K, data: NodeMessages[K], to?: string): void {
    const { bus } = this.#parts
    if (!bus) return
    this.#sent += 1
    bus.publish(JSON.stringify({ from: this.id, n: this.#sent, ...(to !== undefined && { to }), kind, data }))
  }

  /** Says what this server does about a kind of message. */
  on<K extends Kind>(kind: K, listener: (data: NodeMessages[K], from: string) => void): void {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener as Listener])
  }

  /** Says what this server answers to a question; what arrives is parsed by the responder. */
  answer(question: string, responder: Responder): void {
    this.#responders.set(question, responder)
  }

  /** Asks all other servers; the answers of those that answer within half a second. */
  async ask(question: string, data: unknown): Promise<unknown[]> {
    const waitingFor = new Set(this.#parts.bus?.isConnected ? this.others : [])
    if (waitingFor.size === 0) return []
    const id = randomUUID()
    const answers: unknown[] = []
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, answerMs)
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      this.#open.set(id, { answers, waitingFor, done })
      this.tell('question', { id, question, data })
    })
    this.#open.delete(id)
    return answers
  }

  async start(): Promise<void> {
    this.on('question', ({ id, question, data }, from) => this.#respond(id, question, data, from))
    this.on('answer', ({ id, data }, from) => this.#take(id, data, from))
    await this.#others.start()
    const { bus } = this.#parts
    if (!bus) return
    await bus.start((text) => this.#receive(text))
    this.#timer = setInterval(() => this.tell('beat', {}), beatMs).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#others.stop()
    await this.#parts.bus?.stop()
  }

  #receive(text: string): void {
    const envelope = parsed(text)
    if (!envelope) {
      this.ignored += 1
      return
    }
    const { from, n, to, kind, data } = envelope
    if (from === this.id) return
    this.#others.heard(from, n)
    if (to !== undefined && to !== this.id) return
    if (!Object.hasOwn(messages, kind)) return
    const read = z.safeParse(messages[kind as Kind], data)
    if (!read.success) {
      this.ignored += 1
      return
    }
    for (const listener of this.#listeners.get(kind) ?? [])
      this.#run(() => listener(read.data as never, from))
  }

  #respond(id: string, question: string, data: unknown, from: string): void {
    const responder = this.#responders.get(question)
    this.tell('answer', { id, data: responder ? responder(data) : null }, from)
  }

  #take(id: string, data: unknown, from: string): void {
    const open = this.#open.get(id)
    if (!open?.waitingFor.delete(from)) return
    open.answers.push(data)
    if (open.waitingFor.size === 0) open.done()
  }

  #run(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#parts.logger.error({ error }, 'What another server said could not be acted on')
    }
  }
}

function parsed(text: string): z.output<typeof Envelope> | undefined {
  try {
    const read = z.safeParse(Envelope, JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
