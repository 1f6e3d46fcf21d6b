import type { Entry, Message, Page, Position, PushOf } from './entities.ts'

/**
 * The messages of one stream that a client has, without holes. Known entries are dropped, the next one is appended, and later
 * ones wait until the hole before them is filled. Entries that are no messages only move the position. Knows nothing of
 * connections.
 */
export class EntryLog {
  #messages: readonly Message[] = []
  #position: Position | undefined
  #ahead = new Map<number, Entry>()

  /** Oldest first; another array after every change. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** How far it goes; undefined until the first page. */
  get position(): Position | undefined {
    return this.#position
  }

  /** Whether entries wait for others that have not arrived. */
  get hasHole(): boolean {
    return this.#position !== undefined && this.#ahead.size > 0
  }

  /** Takes live entries. Answers false if they belong to another log than the position; the stream must then be joined again. */
  push({ epoch, entries }: Pick<PushOf<'entries'>, 'epoch' | 'entries'>): boolean {
    if (this.#position && this.#position.epoch !== epoch) return false
    for (const entry of entries) this.#ahead.set(entry.seq, entry)
    this.#takeNext()
    return true
  }

  /**
   * Takes a page: the newest messages, or the entries after the position.
   * @returns whether the page has replaced all earlier entries
   */
  apply(page: Page): boolean {
    const isContinued =
      this.#position !== undefined && page.reset === undefined && page.epoch === this.#position.epoch
    if (isContinued) {
      for (const entry of page.entries) this.#ahead.set(entry.seq, entry)
    } else {
      this.#messages = page.entries.filter(isMessage)
      this.#position = { epoch: page.epoch, seq: page.head.seq, id: page.head.id }
    }
    this.#takeNext()
    return !isContinued
  }

  /** Puts older messages in front. */
  prepend(older: readonly Entry[]): void {
    this.#messages = [...older.filter(isMessage), ...this.#messages]
  }

  /** Drops the entries that wait: after a reconnect the next page contains them. */
  dropAhead(): void {
    this.#ahead.clear()
  }

  #takeNext(): void {
    if (!this.#position) return
    let { seq, id } = this.#position
    const next: Entry[] = []
    for (let entry = this.#ahead.get(seq + 1); entry; entry = this.#ahead.get(seq + 1)) {
      next.push(entry)
      seq = entry.seq
      id = entry._id
    }
    for (const known of this.#ahead.keys()) if (known <= seq) this.#ahead.delete(known)
    if (next.length === 0) return
    const messages = next.filter(isMessage)
    if (messages.length > 0) this.#messages = [...this.#messages, ...messages]
    this.#position = { ...this.#position, seq, id }
  }
}

function isMessage(entry: Entry): entry is Message {
  return entry.type === 'message' && 'message_data' in entry
}
