import type { Draft, PushOf, Session } from '@dowellchat/protocol'
import { type StreamKey, streamId } from '../stores/store.ts'

/** Who writes, where, and over which socket. */
export interface Writer {
  readonly key: StreamKey
  readonly session: Pick<Session, 'user_id' | 'name'>
  readonly socketId: string
}

/** A text that takes the place of everything from `from` on. */
export interface DraftStep {
  readonly from: number
  readonly text: string
}

/** Readers hear again of a text that has not changed, before they think that it is over. */
const againMs = 10_000
/** A message that somebody writes bit by bit, and what its readers know of it. */
export class HeldDraft {
  readonly key: StreamKey
  readonly cid: string
  readonly author: string
  /** The socket that wrote last. */
  socketId: string
  /** When its author wrote last. */
  touchedAt = 0
  /** When it was certain last that its author may write there. */
  permittedAt = Number.NEGATIVE_INFINITY
  /** Whether that is being asked; `permitted` then resolves once it is certain. */
  isAsking = false
  permitted: Promise<void> = Promise.resolve()
  readonly #display_name: string | null
  #text = ''
  /** How often readers heard of it. */
  #n = 0
  /** From where on they do not have the text as it is. */
  #untold: number | undefined
  #toldAt = Number.NEGATIVE_INFINITY

  constructor({ key, session, socketId }: Writer, cid: string) {
    this.key = key
    this.cid = cid
    this.author = session.user_id
    this.socketId = socketId
    this.#display_name = session.name
  }

  get id(): string {
    return draftId(this.key, this.author, this.cid)
  }

  get length(): number {
    return this.#text.length
  }

  get isTold(): boolean {
    return this.#n > 0
  }

  /** Whether there is something to tell, which may be told. */
  get isDue(): boolean {
    return this.#untold !== undefined && this.permittedAt !== Number.NEGATIVE_INFINITY
  }

  write({ from, text }: DraftStep, socketId: string): void {
    const before = this.#text
    this.#text = from === before.length ? before + text : before.slice(0, from) + text
    this.socketId = socketId
    this.touchedAt = performance.now()
    // A program that was cut off sends all of it again: readers have most of that.
    const same = from + commonLength(before, text, from)
    const isSame = this.isTold && same === before.length && same === this.#text.length
    if (!isSame) this.#untold = Math.min(same, this.#untold ?? same)
    else if (this.touchedAt - this.#toldAt >= againMs) this.#untold ??= same
  }

  /** What readers hear next. */
  next(): PushOf<'message_draft'> {
    const from = this.#untold ?? this.#text.length
    this.#untold = undefined
    this.#toldAt = performance.now()
    this.#n += 1
    return { ...this.#head, from, text: this.#text.slice(from), is_over: false }
  }

  /** What readers hear if there will be no message. */
  end(): PushOf<'message_draft'> {
    this.#n += 1
    return { ...this.#head, from: 0, text: '', is_over: true }
  }

  /** All of it, also what readers have not heard of yet: what they hear next replaces that. */
  get whole(): Draft {
    return { ...this.#head, text: this.#text }
  }

  get #head() {
    const { key, cid, author } = this
    return { stream: key.stream, cid, author, display_name: this.#display_name, n: this.#n }
  }
}

/** No two drafts have the same. */
export function draftId(key: StreamKey, author: string, cid: string): string {
  return `${streamId(key)}\n${author}\n${cid}`
}

/** How far two texts are the same from a place in the first one on. */
function commonLength(before: string, text: string, from: number): number {
  const most = Math.min(before.length - from, text.length)
  let length = 0
  while (length < most && before.charCodeAt(from + length) === text.charCodeAt(length)) length += 1
  return length
}
