import type { DataOf, Entry, Message, Position, PushOf } from '@dowellchat/protocol'
import { streamOwner } from '@dowellchat/protocol'
import { BotError } from './bot-error.ts'
import type { Wire } from './wire.ts'

type Page = DataOf<'join'>

export interface ReaderParts {
  readonly wire: Wire
  readonly stream: string
  /** Where to begin; if nowhere, with what comes from now on. */
  readonly load: () => Promise<Position | undefined>
  /** Which of a conversation's newest messages to begin with, where there is no position: the answer's and those after it. */
  readonly begin?: (messages: readonly Message[]) => number
  readonly handle: (message: Message) => Promise<void>
  readonly save: (position: Position) => Promise<void>
  readonly onError: (error: unknown) => void
  /** The stream is not there, or may not be read any more. */
  readonly onGone: () => void
}

/** What waits for a slow bot; the rest is fetched when its turn comes. */
const mostWaiting = 500

/** Reads one stream: every message once and in order, one after the other, over cuts too. */
export class StreamReader {
  readonly #parts: ReaderParts
  #position: Position | undefined
  /** What it begins with, before what comes after the position. */
  #earlier: readonly Message[] = []
  #waiting: Entry[] = []
  #isBehind = false
  #isWorking = false
  #isStopped = false
  #joining: Promise<void> = Promise.resolve()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Joins the stream: at first, and again on each new connection. */
  join(): Promise<void> {
    this.#joining = this.#joining.then(() => this.#join())
    return this.#joining
  }

  stop(): void {
    this.#isStopped = true
    const { kind, id } = streamOwner(this.#parts.stream)
    const left =
      kind === 'ticket'
        ? this.#parts.wire.ask('leave_ticket', { ticket_id: id })
        : this.#parts.wire.ask('leave', { room: id })
    left.catch(() => undefined)
  }

  onEntries({ epoch, entries }: PushOf<'entries'>): void {
    if (this.#position && epoch !== this.#position.epoch) return void this.join()
    if (this.#waiting.length + entries.length > mostWaiting) this.#isBehind = true
    else this.#waiting.push(...entries)
    void this.#work()
  }

  onHead({ epoch, head }: PushOf<'heads'>['heads'][number]): void {
    if (this.#position && epoch !== this.#position.epoch) return void this.join()
    const last = this.#waiting.at(-1)?.seq ?? this.#position?.seq ?? 0
    if (head.seq > last) this.#isBehind = true
    void this.#work()
  }

  async #join(): Promise<void> {
    if (this.#isStopped) return
    const { wire, stream, load, onGone, onError } = this.#parts
    const { kind, id } = streamOwner(stream)
    try {
      this.#position ??= await load()
      const position = this.#position && { position: this.#position }
      const page =
        kind === 'ticket'
          ? await wire.request('join_ticket', { ticket_id: id, ...position })
          : await wire.request('join', { room: id, ...position })
      this.#take(page, position !== undefined)
      void this.#work()
    } catch (error) {
      if (error instanceof BotError && error.code === 'not_found') onGone()
      else if (!this.#isStopped) onError(error)
    }
  }

  /** @param isContinued whether it begins after the position, and not with the newest messages */
  #take({ epoch, head, entries, more, reset }: Page, isContinued: boolean): void {
    if (isContinued && !reset) {
      const last = entries.at(-1)?.seq ?? 0
      // What was pushed meanwhile comes after it, unless there is more in between.
      this.#waiting = [...entries, ...this.#waiting.filter(({ seq }) => !more && seq > last)]
      this.#isBehind = more
      return
    }
    const messages = entries.filter((entry): entry is Message => entry.type === 'message')
    this.#earlier = messages.slice(this.#parts.begin?.(messages) ?? messages.length)
    this.#waiting = []
    this.#position = { epoch, seq: head.seq, id: head.id }
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      while (!this.#isStopped && (await this.#next()));
    } catch (error) {
      this.#parts.onError(error)
    } finally {
      this.#isWorking = false
    }
  }

  /** Whether there may be more. */
  async #next(): Promise<boolean> {
    const position = this.#position
    if (!position) return false
    const { epoch } = position
    const [earlier, ...rest] = this.#earlier
    if (earlier) {
      await this.#parts.handle(earlier)
      this.#earlier = rest
      await this.#parts.save({ epoch, seq: earlier.seq, id: earlier._id })
      return true
    }
    const entry = this.#waiting.shift()
    if (!entry) return this.#isBehind && this.#fetch(position)
    const { seq, _id: id } = entry
    if (seq <= position.seq) return true
    if (seq > position.seq + 1) {
      this.#waiting = []
      this.#isBehind = true
      return true
    }
    if (entry.type === 'message') await this.#parts.handle(entry)
    // Meanwhile the stream may have become another one.
    if (this.#position?.epoch !== epoch) return true
    this.#position = { epoch, seq, id }
    await this.#parts.save(this.#position)
    return true
  }

  async #fetch(position: Position): Promise<boolean> {
    const { wire, stream } = this.#parts
    this.#isBehind = false
    this.#take(await wire.request('get_entries', { stream, position }), true)
    return true
  }
}
