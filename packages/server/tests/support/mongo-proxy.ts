import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Document } from 'mongodb'
import {
  changeAnswer,
  idsOf,
  isStreamed,
  Messages,
  messageOf,
  moreToCome,
  readCommand,
  shortened,
  type WireCommand,
} from './mongo-wire.ts'

/** What goes wrong with a command. */
export type Trouble =
  /** The connection ends before the server has the command. */
  | 'cut before'
  /** The same, by a reset. */
  | 'reset before'
  /** The server has done it; the connection ends instead of the answer. */
  | 'cut after'
  /** The same in the middle of the answer. */
  | 'torn answer'
  /** From now on the connection is open, and nothing reaches the server. */
  | 'swallow'
  /** From now on the connection is open, and what the server answers is lost. */
  | 'mute'
  | { readonly delayMs: number }
  /** Answered with an error, instead of being done or after it. */
  | { readonly error: Document; readonly isDone?: boolean }
  /** Done, and answered with what its write concern says. */
  | { readonly writeConcernError: Document }
  /** Done with so many of its documents; then the connection ends, unless the answer `says` so. */
  | { readonly firstDocuments: number; readonly says?: boolean; readonly after?: () => void }

/** Which commands are in trouble. */
export type Rule = (command: WireCommand) => Trouble | undefined

export interface MongoProxyOptions {
  /** What the proxy lets the server say of itself. */
  readonly hello?: (answer: Document, port: number) => Document
  /** Refuses commands that `rule` lets pass. */
  readonly guard?: Rule
}

/** A proxy that understands the messages between a driver and MongoDB. Its owner has to close it. */
export interface MongoProxy {
  readonly port: number
  /** Sets what is in trouble; undefined ends it. Connections that were spoilt are cut. */
  set(rule: Rule | undefined): void
  /** Listens to every command. */
  watch(listener: (command: WireCommand) => void): void
  /** Sends what the server says of itself to those who wait for news of it. */
  announce(): void
  cutAll(): void
  close(): void
}

/** Whether a command greets the server: the driver's own, on each new connection and to watch it. */
export const isHello = (name: string): boolean => /^(hello|ismaster)$/i.test(name)

// Of the server's state; what is said of the proxy's has its own.
const withoutVersion = ({ topologyVersion: _, ...answer }: Document) => answer

/** Starts a proxy to a server. */
export async function startMongoProxy(
  target: { readonly host: string; readonly port: number },
  { hello = (answer) => answer, guard = () => undefined }: MongoProxyOptions = {},
): Promise<MongoProxy> {
  let rule: Rule | undefined
  let port = 0
  const links = new Set<Link>()
  const listeners: ((command: WireCommand) => void)[] = []
  const troubleOf = (command: WireCommand): Trouble | undefined => {
    for (const listener of listeners) listener(command)
    return rule?.(command) ?? guard(command)
  }
  const changeHello = (answer: Document) => hello(withoutVersion(answer), port)
  const server = createServer((client) => {
    const link = new Link(client, connect(target.port, target.host), troubleOf, changeHello)
    links.add(link)
    client.on('close', () => links.delete(link))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port

  return {
    port,
    set(next) {
      rule = next
      for (const link of links) if (link.isSpoilt) link.cut()
    },
    watch: (listener) => listeners.push(listener),
    announce() {
      for (const link of links) link.announce()
    },
    cutAll() {
      for (const link of links) link.cut()
    },
    close() {
      for (const link of links) link.cut()
      server.close()
    },
  }
}

type Troubled = Extract<Trouble, object>

function isObject(trouble: Trouble | undefined): trouble is Troubled {
  return typeof trouble === 'object'
}

interface Pending {
  readonly isHello: boolean
  readonly trouble: Trouble | undefined
}

/** One connection of the driver's. */
class Link {
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #pending = new Map<number, Pending>()
  readonly #hello: (answer: Document) => Document
  /** What the server has said of itself when it was greeted. */
  #said: Document = {}
  /** The id of the last answer in a row of them, and of the next. */
  #streamed: { answers: number; next: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #isSwallowing = false
  #isMute = false

  constructor(client: Socket, upstream: Socket, troubleOf: Rule, hello: (answer: Document) => Document) {
    this.#client = client
    this.#upstream = upstream
    this.#hello = hello
    for (const socket of [client, upstream]) {
      socket.on('close', () => this.cut())
      socket.on('error', () => this.cut())
    }
    const [requests, answers] = [new Messages(), new Messages()]
    client.on('data', (bytes) => {
      for (const message of requests.push(bytes)) this.#onRequest(message, troubleOf)
    })
    upstream.on('data', (bytes) => {
      for (const message of answers.push(bytes)) this.#onAnswer(message)
    })
  }

  get isSpoilt(): boolean {
    return this.#isSwallowing || this.#isMute
  }

  announce(): void {
    if (!this.#streamed) return
    const { answers, next } = this.#streamed
    this.#streamed = { answers: next, next: next + 1 }
    this.#send(messageOf(this.#hello(this.#said), next, answers, moreToCome))
  }

  cut(): void {
    clearInterval(this.#timer)
    this.#client.destroy()
    this.#upstream.destroy()
  }

  #onRequest(message: Buffer, troubleOf: Rule): void {
    const command = readCommand(message)
    const trouble = troubleOf(command)
    if (trouble === 'swallow') this.#isSwallowing = true
    if (trouble === 'mute') this.#isMute = true
    if (this.#isSwallowing) return
    if (trouble === 'cut before') this.cut()
    else if (trouble === 'reset before') this.#reset()
    else if (isObject(trouble) && 'error' in trouble && !trouble.isDone)
      this.#send(messageOf(trouble.error, 0, command.id))
    else if (isHello(command.name) && isStreamed(message)) this.#stream(command)
    else this.#forward(message, command, trouble)
  }

  /** Answers now, where the asker does not know the newest, and whenever there is something new; as often as was asked for. */
  #stream({ id, document }: WireCommand): void {
    this.#streamed = { answers: id, next: 1_000_000 }
    const isNews =
      `${this.#hello(this.#said).topologyVersion?.counter}` !== `${document.topologyVersion?.counter}`
    if (isNews) this.announce()
    this.#timer = setInterval(() => this.announce(), Number(document.maxAwaitTimeMS))
  }

  #greeted(message: Buffer): Buffer {
    return changeAnswer(message, (answer) => {
      this.#said = answer
      return this.#hello(answer)
    })
  }

  #forward(message: Buffer, { id, name }: WireCommand, trouble: Trouble | undefined): void {
    this.#pending.set(id, { isHello: isHello(name), trouble })
    const isShort = isObject(trouble) && 'firstDocuments' in trouble
    const sent = isShort ? shortened(message, trouble.firstDocuments) : message
    if (isObject(trouble) && 'delayMs' in trouble)
      setTimeout(() => this.#upstream.write(sent), trouble.delayMs)
    else this.#upstream.write(sent)
  }

  #onAnswer(message: Buffer): void {
    const { id, answers } = idsOf(message)
    const { isHello, trouble } = this.#pending.get(answers) ?? { isHello: false, trouble: undefined }
    this.#pending.delete(answers)
    if (this.#isMute) return
    if (trouble === 'cut after') this.cut()
    else if (trouble === 'torn answer') this.#tear(message)
    else if (isObject(trouble) && !('delayMs' in trouble) && !('says' in trouble))
      this.#spoil(message, id, answers, trouble)
    else this.#send(isHello ? this.#greeted(message) : message)
  }

  #spoil(
    message: Buffer,
    id: number,
    answers: number,
    trouble: Exclude<Troubled, { delayMs: number }>,
  ): void {
    if ('error' in trouble) this.#send(messageOf(trouble.error, id, answers))
    else if ('writeConcernError' in trouble)
      this.#send(changeAnswer(message, (answer) => ({ ...answer, ...trouble })))
    else {
      trouble.after?.()
      this.cut()
    }
  }

  #send(message: Buffer): void {
    if (!this.#client.destroyed) this.#client.write(message)
  }

  #tear(message: Buffer): void {
    this.#client.write(message.subarray(0, message.length >> 1), () => this.cut())
  }

  #reset(): void {
    this.#client.resetAndDestroy()
    this.#upstream.destroy()
  }
}
