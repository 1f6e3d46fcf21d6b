import type { Session } from '@dowellchat/protocol'
import { streamAddress } from '../delivery/audience.ts'
import type { Notify } from '../delivery/facts.ts'
import type { StreamKey } from '../stores/store.ts'
import type { Sights } from './sights.ts'

interface TypingParts {
  readonly sights: Pick<Sights, 'of'>
  /** Sends facts to the sockets of all servers. */
  readonly push: Notify
}

/** Somebody who types in a stream, on one connection. */
interface Typist {
  readonly key: StreamKey
  readonly user_id: string
  readonly display_name: string | null
  /** Users who are not told. */
  unseenBy: readonly string[]
  /** What the others were told last, and when. */
  told: boolean
  toldAt: number
  /** What they said last, and when. */
  isTyping: boolean
  saidAt: number
}

/** What changes sooner than this waits, so that nobody makes others look at a flicker. */
const flickerMs = 500
/** What was told so long ago is told again, since it expires. */
const repeatedMs = 2_000
const expiryMs = 6_000
/** In one stream, of one connection, and of all. Who comes later is not told of: it is a crowd anyway. */
const mostInStream = 20
const mostOfSocket = 10
const mostTypists = 10_000

/**
 * Tells those in a stream who types there. Nothing is stored, and everything may be lost: it is dropped where a connection has
 * something else to read. However often somebody says it, others are told seldom.
 */
export class Typing {
  readonly #parts: TypingParts
  /** By socket and stream. */
  readonly #sockets = new Map<string, Map<string, Typist>>()
  readonly #inStream = new Map<string, number>()
  #count = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: TypingParts) {
    this.#parts = parts
  }

  /** Somebody types in a stream that their socket has joined, or has stopped. Where that cannot be told, it is not. */
  async say(socketId: string, key: StreamKey, session: Session, isTyping: boolean): Promise<void> {
    const typist = this.#find(socketId, key)
    if (typist) this.#note(socketId, typist, isTyping)
    else if (isTyping) await this.#begin(socketId, key, session)
  }

  /** A connection has ended: so has what it typed. */
  left(socketId: string): void {
    for (const typist of this.#sockets.get(socketId)?.values() ?? []) {
      typist.isTyping = false
      if (typist.told) this.#tell(socketId, typist)
      this.#drop(socketId, typist)
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #begin(socketId: string, key: StreamKey, session: Session): Promise<void> {
    if (this.#isFull(socketId, key)) return
    const now = performance.now()
    const { user_id, name: display_name } = session
    const told = { told: false, toldAt: Number.NEGATIVE_INFINITY, isTyping: true, saidAt: now }
    const typist: Typist = { key, user_id, display_name, unseenBy: [], ...told }
    // Before anything is awaited, so that what it says next finds it.
    this.#add(socketId, typist)
    const sight = await this.#parts.sights.of(session).catch(() => undefined)
    if (this.#find(socketId, key) !== typist) return
    if (!sight || sight.isHidden || !typist.isTyping) {
      this.#drop(socketId, typist)
      return
    }
    typist.unseenBy = sight.unseenBy
    this.#tell(socketId, typist)
  }

  #note(socketId: string, typist: Typist, isTyping: boolean): void {
    typist.isTyping = isTyping
    typist.saidAt = performance.now()
    if (this.#isDue(typist)) this.#tell(socketId, typist)
  }

  #isDue({ told, toldAt, isTyping, saidAt }: Typist, now = performance.now()): boolean {
    // It has not been told of yet: what there is to know of it is being read.
    if (toldAt === Number.NEGATIVE_INFINITY) return false
    if (isTyping !== told) return now - toldAt >= flickerMs
    return isTyping && saidAt > toldAt && now - toldAt >= repeatedMs
  }

  #tell(socketId: string, typist: Typist): void {
    const { key, user_id, display_name, isTyping, unseenBy } = typist
    typist.told = isTyping
    typist.toldAt = performance.now()
    const to = { addresses: [streamAddress(key)], except: socketId, exceptUsers: unseenBy }
    const data = { stream: key.stream, user_id, display_name, is_typing: isTyping }
    this.#parts.push(to, 'typing', data)
  }

  #tick(): void {
    const now = performance.now()
    for (const [socketId, typists] of this.#sockets)
      for (const typist of typists.values()) {
        const { told, toldAt, isTyping, saidAt } = typist
        const isOver = !told && !isTyping && now - toldAt >= flickerMs
        if (isOver || now - saidAt >= expiryMs) this.#drop(socketId, typist)
        else if (this.#isDue(typist, now)) this.#tell(socketId, typist)
      }
  }

  #find(socketId: string, { stream }: StreamKey): Typist | undefined {
    return this.#sockets.get(socketId)?.get(stream)
  }

  #isFull(socketId: string, key: StreamKey): boolean {
    const ofSocket = this.#sockets.get(socketId)?.size ?? 0
    const inStream = this.#inStream.get(nameOf(key)) ?? 0
    return ofSocket >= mostOfSocket || inStream >= mostInStream || this.#count >= mostTypists
  }

  #add(socketId: string, typist: Typist): void {
    const typists = this.#sockets.get(socketId) ?? new Map<string, Typist>()
    this.#sockets.set(socketId, typists.set(typist.key.stream, typist))
    const name = nameOf(typist.key)
    this.#inStream.set(name, (this.#inStream.get(name) ?? 0) + 1)
    this.#count += 1
    this.#timer ??= setInterval(() => this.#tick(), flickerMs).unref()
  }

  #drop(socketId: string, { key }: Typist): void {
    const typists = this.#sockets.get(socketId)
    if (!typists?.delete(key.stream)) return
    if (typists.size === 0) this.#sockets.delete(socketId)
    const left = (this.#inStream.get(nameOf(key)) ?? 1) - 1
    if (left > 0) this.#inStream.set(nameOf(key), left)
    else this.#inStream.delete(nameOf(key))
    this.#count -= 1
    if (this.#count > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function nameOf({ workspace_id, stream }: StreamKey): string {
  return `${workspace_id}\n${stream}`
}
