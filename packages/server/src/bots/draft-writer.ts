import { randomUUID } from 'node:crypto'
import { limits, type Message } from '@dowellchat/protocol'
import { BotError } from './bot-error.ts'
import { pause, type Wire } from './wire.ts'

/**
 * A message that is written bit by bit, which readers see grow.
 *
 * @example
 * const draft = conversation.draft()
 * for await (const word of words) draft.write(word)
 * await draft.end()
 */
export interface Draft {
  /** That of its message, too. */
  readonly cid: string
  /** What there is of it. */
  readonly text: string
  /** Aborted when a reader asks to stop, when it has ended, or when the bot is closed. */
  readonly signal: AbortSignal
  /** Adds to its end. */
  write(part: string): void
  /** Replaces all of it. */
  replace(text: string): void
  /** Sends it as a message; null where it says nothing, and is taken back. */
  end(): Promise<Message | null>
  /** Takes it back: there will be no message. */
  cancel(): Promise<void>
}

interface WriterParts {
  readonly wire: Wire
  readonly stream: string
  readonly cid: string | undefined
  readonly send: (text: string, cid: string) => Promise<Message>
  readonly onEnd: (draft: DraftWriter) => void
}

/** The server tells readers so often. */
const everyMs = 100
/** What is not written on for so long is said again, since it expires. */
const againMs = 10_000

/** Writes a draft: one step at a time, with everything that was written meanwhile. */
export class DraftWriter implements Draft {
  readonly cid: string
  readonly #parts: WriterParts
  readonly #stopping = new AbortController()
  #text = ''
  /** How much of the text the server has. */
  #known = 0
  /** Whether there is another connection since the last step began. */
  #isNew = false
  /** Whether a step is due that adds nothing: the text got shorter, or nothing was written for long. */
  #isDue = false
  #isWorking = false
  #isOver = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.cid = parts.cid ?? randomUUID()
  }

  get stream(): string {
    return this.#parts.stream
  }

  get text(): string {
    return this.#text
  }

  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  write(part: string): void {
    this.replace(this.#text + part)
  }

  replace(text: string): void {
    if (this.#isOver) return
    let same = Math.min(this.#known, text.length)
    if (!text.startsWith(this.#text)) same = commonLength(this.#text, text, same)
    if (this.#known > text.length) this.#isDue = true
    this.#text = text
    this.#known = same
    void this.#work()
  }

  async end(): Promise<Message | null> {
    // It may end between the halves of a character, which no message may.
    const text = this.#text.replace(/[\ud800-\udbff]$/, '')
    if (text.trim() === '') {
      await this.cancel()
      return null
    }
    this.#finish()
    try {
      return await this.#parts.send(text, this.cid)
    } catch (error) {
      // There will be no message: nobody needs to see for longer what was refused.
      const { wire, stream } = this.#parts
      void wire.ask('end_draft', { stream, cid: this.cid }).catch(() => undefined)
      throw error
    }
  }

  async cancel(): Promise<void> {
    this.#finish()
    const { wire, stream } = this.#parts
    await wire.request('end_draft', { stream, cid: this.cid })
  }

  /** A reader asks to stop, or the bot is closed. */
  stop(reason: string): void {
    this.#stopping.abort(reason)
  }

  /** The new connection's server may know nothing of it. */
  again(): void {
    this.#known = 0
    this.#isNew = true
    void this.#work()
  }

  #finish(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#parts.onEnd(this)
    this.#stopping.abort('ended')
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    clearTimeout(this.#timer)
    while (!this.#isOver && this.#parts.wire.isUp && (this.#known < this.#text.length || this.#isDue)) {
      this.#isDue = false
      this.#isNew = false
      if (!(await this.#step()) && !this.#isNew) break
    }
    this.#isWorking = false
    // On the next connection it is sent whole.
    if (this.#isOver || this.#text === '' || !this.#parts.wire.isUp) return
    this.#timer = setTimeout(() => {
      this.#isDue = true
      void this.#work()
    }, againMs).unref()
  }

  /** Whether to go on. What fails is no loss: the message will have all of it. */
  async #step(): Promise<boolean> {
    const { wire, stream } = this.#parts
    const from = this.#known
    const text = this.#text.slice(from, from + limits.text_length)
    this.#known = from + text.length
    try {
      await wire.ask('draft_message', { stream, cid: this.cid, from, text })
      await pause(everyMs)
      return true
    } catch (error) {
      if (!(error instanceof BotError)) throw error
      const { code, retryAfterMs = everyMs, retryable } = error
      this.#known = code === 'conflict' ? 0 : Math.min(this.#known, from)
      this.#isDue ||= text === ''
      if (retryable) await pause(retryAfterMs)
      return code === 'conflict' || retryable
    }
  }
}

function commonLength(a: string, b: string, most: number): number {
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}
