import type { DataOf, Entry, Message, Position, PushOf } from '@dowellchat/protocol'
import { streamOwner } from '@dowellchat/protocol'
import { insist, type Wire } from './wire.ts'

type Page = DataOf<'join'>

export interface ReaderParts {
  readonly wire: Wire
  readonly stream: string
  /** Where to begin; if nowhere, with what comes from now on. */
  readonly load: () => Promise<Position | undefined>
  /** Whether it loads that again until it can, and tells of the first failure; if not, it is not joined. */
  readonly isPatient: boolean
  /** Which of a conversation's newest messages to begin with, where there is no position: the answer's and those after it. */
  readonly begin?: (messages: readonly Message[]) => number
  /** Resolves once messages may be handled. */
  readonly opened: () => Promise<void>
  readonly handle: (message: Message) => Promise<void>
  readonly save: (position: Position) => Promise<void>
  readonly onError: (error: unknown) => void
  /** It cannot be joined again: it is not there, or may not be read any more. */
  readonly onRefused: (error: unknown) => void
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
  /** Whether the position is one with which it begins, and which is kept nowhere yet. */
  #isNew = false
  #isBehind = false
  #isWorking = false
  #isStopped = false
  #joining: Promise<void> = Promise.resolve()

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  /** Joins the stream: at first, and after a stop. Resolves once it is joined; rejects where trying again is of no use. */
  join(): Promise<void> {
    this.#isStopped = false
    const { onError, isPatient } = this.#parts
    const isPassing = (): boolean => isPatient
    // Nothing else joins it on this connection.
    const joined = this.#joining
      .then(() => insist(() => this.#locate(), onError, isPassing))
      .then(() => insist(() => this.#join(), onError))
    this.#joining = joined.catch(() => undefined)
    return joined
  }

  /** Joins it again: on each new connection, and where the stream has become another one. */
  again(): void {
    this.join().catch(this.#parts.onRefused)
  }

  /** Reads nothing more, until it joins. */
  stop(): void {
    this.#isStopped = true
    this.#waiting = []
    const { kind, id } = streamOwner(this.#parts.stream)
    const left =
      kind === 'ticket'
        ? this.#parts.wire.ask('leave_ticket', { ticket_id: id })
        : this.#parts.wire.ask('leave', { room: id })
    left.catch(() => undefined)
  }

  onEntries({ epoch, entries }: PushOf<'entries'>): void {
    if (this.#position && epoch !== this.#position.epoch) return void this.again()
    if (this.#waiting.length + entries.length > mostWaiting) this.#isBehind = true
    else this.#waiting.push(...entries)
    void this.#work()
  }

  onHead({ epoch, head }: PushOf<'heads'>['heads'][number]): void {
    if (this.#position && epoch !== this.#position.epoch) return void this.again()
    const last = this.#waiting.at(-1)?.seq ?? this.#position?.seq ?? 0
    if (head.seq > last) this.#isBehind = true
    void this.#work()
  }

  async #locate(): Promise<void> {
    if (!this.#isStopped) this.#position ??= await this.#parts.load()
  }

  async #join(): Promise<void> {
    if (this.#isStopped) return
    const { wire, stream } = this.#parts
    const { kind, id } = streamOwner(stream)
    const position = this.#position && { position: this.#position }
    const page =
      kind === 'ticket'
        ? await wire.request('join_ticket', { ticket_id: id, ...position })
        : await wire.request('join', { room: id, ...position })
    this.#take(page, position !== undefined)
    void this.#work()
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
    // What it has not heard was removed in part: the next step fetches what is left.
    if (reset?.reason === 'truncated') {
      this.#isBehind = true
      return
    }
    const messages = entries.filter((entry): entry is Message => entry.type === 'message')
    this.#earlier = messages.slice(this.#parts.begin?.(messages) ?? messages.length)
    // What was pushed with the answer; after a reset, it may be of the stream before.
    this.#waiting = reset ? [] : this.#waiting.filter(({ seq }) => seq > head.seq)
    if (reset) this.#isBehind = true
    this.#position = { epoch, seq: head.seq, id: head.id }
    this.#isNew = true
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return
    this.#isWorking = true
    try {
      for (;;) {
        await this.#untilOpened()
        // Looked at where nothing is awaited before the end: what comes after that begins to work itself.
        const position = this.#unfinished
        if (!position) return
        await this.#next(position)
      }
    } catch (error) {
      this.#parts.onError(error)
    } finally {
      this.#isWorking = false
    }
  }

  /** Meanwhile it may have been closed and opened again. */
  async #untilOpened(): Promise<void> {
    for (let opened: Promise<void> | undefined; opened !== this.#parts.opened(); ) {
      opened = this.#parts.opened()
      await opened
    }
  }

  /** Where it is, if there is more to do. */
  get #unfinished(): Position | undefined {
    const hasMore = this.#earlier.length > 0 || this.#isNew || this.#waiting.length > 0 || this.#isBehind
    return hasMore && !this.#isStopped ? this.#position : undefined
  }

  async #next(position: Position): Promise<void> {
    const { epoch } = position
    const [earlier, ...rest] = this.#earlier
    if (earlier) {
      await this.#parts.handle(earlier)
      this.#earlier = rest
      await this.#parts.save({ epoch, seq: earlier.seq, id: earlier._id })
      return
    }
    if (this.#isNew) {
      this.#isNew = false
      await this.#parts.save(position)
      return
    }
    const entry = this.#waiting.shift()
    if (!entry) return this.#fetch(position)
    const { seq, _id: id } = entry
    if (seq <= position.seq) return
    if (seq > position.seq + 1) {
      this.#waiting = []
      this.#isBehind = true
      return
    }
    if (entry.type === 'message') await this.#parts.handle(entry)
    // Meanwhile the stream may have become another one.
    if (this.#position?.epoch !== epoch) return
    this.#position = { epoch, seq, id }
    await this.#parts.save(this.#position)
  }

  async #fetch(position: Position): Promise<void> {
    const { wire, stream } = this.#parts
    this.#isBehind = false
    const page = await wire.request('get_entries', { stream, position })
    if (page.reset?.reason === 'truncated') await this.#skip()
    else this.#take(page, true)
  }

  /** Goes on with the oldest message that there still is. */
  async #skip(): Promise<void> {
    const { wire, stream, onError } = this.#parts
    const { epoch, head, entries } = await wire.request('get_messages', { stream, after: 0, limit: 1 })
    const [oldest] = entries.filter((entry): entry is Message => entry.type === 'message')
    this.#earlier = oldest ? [oldest] : []
    this.#position = oldest
      ? { epoch, seq: oldest.seq, id: oldest._id }
      : { epoch, seq: head.seq, id: head.id }
    this.#waiting = []
    this.#isNew = true
    this.#isBehind = true
    onError(new Error(`Messages of ${stream} expired before the bot has heard them`))
  }
}
