import { changedMessage, removedMessage } from '@dowellchat/protocol'
import type { DataOf, Entry, Head, Message, MessageChange } from '../entities.ts'

interface Log {
  /** Everything that has happened. */
  readonly entries: Entry[]
  /** The messages as they are now; the one with `nth` 1 is the first. */
  readonly messages: Message[]
}

/** Where a message is, and which it is. */
export interface MessagePlace {
  readonly stream: string
  readonly seq: number
  readonly message_id: string
}

/** Which page is asked for. */
export interface PagePlace {
  readonly position?: { readonly seq: number } | undefined
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly around?: number | undefined
  readonly limit?: number | undefined
}

/** What is said of a change; the stream and its place in it are added. */
export type NewChange = Pick<MessageChange, 'change' | 'target' | 'by'> & Partial<MessageChange>

type Push = (entries: DataOf<'get_entries'>['entries'], stream: string) => void

/** That of all streams. */
export const epoch = 'fake'
const usualLimit = 50

/** The conversations of a fake server. */
export class FakeStreams {
  readonly #logs = new Map<string, Log>()
  readonly #push: Push

  /** @param push is called with what is new in a stream */
  constructor(push: Push) {
    this.#push = push
  }

  messages(stream: string): readonly Message[] {
    return this.#logOf(stream).messages
  }

  /** The message at a place, if it is that one. */
  find({ stream, seq, message_id }: MessagePlace): Message | undefined {
    return this.messages(stream).find((one) => one.seq === seq && one._id === message_id)
  }

  /** The messages of all streams. */
  all(): readonly Message[] {
    return [...this.#logs.values()].flatMap(({ messages }) => messages)
  }

  entries(stream: string): readonly Entry[] {
    return this.#logOf(stream).entries
  }

  head(stream: string): Head {
    const { entries, messages } = this.#logOf(stream)
    return { seq: entries.length, nth: messages.length, id: entries.at(-1)?._id ?? null }
  }

  /** Puts a message at the end of its stream. */
  receive(message: Message): Message {
    const { stream } = message
    const { entries, messages } = this.#logOf(stream)
    const placed = { ...message, seq: entries.length + 1, nth: messages.length + 1 }
    messages.push(placed)
    this.#append(stream, placed)
    return placed
  }

  /** Changes a message; answers what it has become. */
  change(stream: string, given: NewChange): Message | undefined {
    const { seq, nth } = this.head(stream)
    const created_at = new Date().toISOString()
    const place = { _id: `${stream}#${seq + 1}`, stream, seq: seq + 1, nth, cid: `change-${seq + 1}` }
    const entry = { ...place, type: 'change' as const, created_at, ...given }
    this.#append(stream, entry)
    return this.#replace(stream, given.target, (message) => changedMessage(message as never, entry))
  }

  remove(stream: string, target: number): Message | undefined {
    const { seq, nth } = this.head(stream)
    const place = { _id: `${stream}#${seq + 1}`, stream, seq: seq + 1, nth, type: 'deletion' as const }
    const created_at = new Date().toISOString()
    this.#append(stream, { ...place, targets: [target], reason: 'deleted', created_at })
    return this.#replace(stream, target, (message) => removedMessage(message, 'deleted'))
  }

  /** The entries after a position, or messages as they are now. */
  page(stream: string, place: PagePlace): DataOf<'join'> {
    const { entries } = this.#logOf(stream)
    const whole = { stream, epoch, head: this.head(stream), first_seq: 1 }
    if (place.position) return { ...whole, entries: entries.slice(place.position.seq), more: false }
    const { first, end } = this.#range(stream, place)
    const all = this.messages(stream)
    const shown = { ...whole, entries: all.slice(first, end), more: first > 0 }
    const isInside = place.after !== undefined || place.around !== undefined
    return isInside ? { ...shown, more_newer: end < all.length } : shown
  }

  #range(stream: string, { before, after, around, limit = usualLimit }: PagePlace) {
    const count = this.messages(stream).length
    const part = (first: number, end: number) => ({ first: Math.max(0, first), end: Math.min(count, end) })
    if (after !== undefined) return part(after, after + limit)
    if (around !== undefined) {
      const first = Math.max(0, around - 1 - Math.floor(limit / 2))
      return part(first, first + limit)
    }
    const end = before === undefined ? count : Math.max(0, Math.min(count, before - 1))
    return part(end - limit, end)
  }

  #replace(stream: string, seq: number, change: (message: Message) => Message): Message | undefined {
    const { messages } = this.#logOf(stream)
    const at = messages.findIndex((one) => one.seq === seq)
    const known = messages[at]
    if (known === undefined) return undefined
    const changed = change(known)
    messages[at] = changed
    return changed
  }

  #append(stream: string, entry: Entry): void {
    this.#logOf(stream).entries.push(entry)
    this.#push([entry], stream)
  }

  #logOf(stream: string): Log {
    const known = this.#logs.get(stream) ?? { entries: [], messages: [] }
    this.#logs.set(stream, known)
    return known
  }
}
