import { removedMessage } from '@dowellchat/protocol'
import type { Entry, Message, Page, Position, PushOf } from '../entities.ts'

/**
 * The messages of one stream that a client has, without holes. Known entries are dropped, the next one is taken, and later
 * ones wait until the hole before them is filled. Entries that are no messages change those that are. Knows nothing of
 * connections.
 */
export class EntryLog {
  #messages: readonly Message[] = []
  #position: Position | undefined
  #ahead = new Map<number, Entry>()
  /** The log has entries up to here, as far as is known; 0 if nobody has said. */
  #end = 0
  /** Pages of older messages must be at least as new as this seq, or they may lack a change that was taken. */
  #changedAt = 0
  #new: readonly Message[] = []

  /** Oldest first; another array after every change. */
  get messages(): readonly Message[] {
    return this.#messages
  }

  /** How far it goes; undefined until the first page. */
  get position(): Position | undefined {
    return this.#position
  }

  /** Whether entries wait for others that have not arrived, or the log ends later. */
  get hasHole(): boolean {
    return this.#position !== undefined && (this.#ahead.size > 0 || this.#end > this.#position.seq)
  }

  /** The messages that are new at its end since this was last asked. */
  takeNew(): readonly Message[] {
    const messages = this.#new
    this.#new = []
    return messages
  }

  /** Takes that the log has entries up to a seq. */
  expect(seq: number): void {
    this.#end = seq
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
      this.#new = this.#messages
      this.#changedAt = page.head.seq
      this.#position = { epoch: page.epoch, seq: page.head.seq, id: page.head.id }
    }
    this.#takeNext()
    return !isContinued
  }

  /** Puts older messages in front. Answers false if the page is of another log, or older than a change of the messages. */
  prepend({ epoch, head, entries }: Page): boolean {
    if (epoch !== this.#position?.epoch || head.seq < this.#changedAt) return false
    this.#messages = [...entries.filter(isMessage), ...this.#messages]
    return true
  }

  /** Drops the entries that wait: after a reconnect the next page contains them. */
  dropAhead(): void {
    this.#ahead.clear()
    this.#end = 0
  }

  /** Drops everything: the stream may no longer be read. */
  clear(): void {
    this.#messages = []
    this.#position = undefined
    this.#ahead.clear()
  }

  #takeNext(): void {
    if (!this.#position) return
    let { seq, id } = this.#position
    const next: Message[] = []
    const reasons = new Map<number, string>()
    for (let entry = this.#ahead.get(seq + 1); entry; entry = this.#ahead.get(seq + 1)) {
      seq = entry.seq
      id = entry._id
      if (isMessage(entry)) next.push(entry)
      if (!isDeletion(entry)) continue
      for (const target of entry.targets) reasons.set(target, entry.reason)
      this.#changedAt = seq
    }
    for (const known of this.#ahead.keys()) if (known <= seq) this.#ahead.delete(known)
    if (seq === this.#position.seq) return
    this.#position = { ...this.#position, seq, id }
    if (next.length > 0) {
      this.#messages = [...this.#messages, ...next]
      this.#new = this.#new.length > 0 ? [...this.#new, ...next] : next
    }
    if (reasons.size > 0) this.#messages = this.#messages.map(withRemovals(reasons))
  }
}

/** Removes the messages at these seqs; leaves all others the objects that they are. */
function withRemovals(reasons: ReadonlyMap<number, string>): (message: Message) => Message {
  return (message) => {
    const reason = reasons.get(message.seq)
    return reason ? removedMessage(message, reason) : message
  }
}

function isDeletion(entry: Entry): entry is Extract<Entry, { targets: unknown }> {
  return entry.type === 'deletion' && 'targets' in entry
}

function isMessage(entry: Entry): entry is Message {
  return entry.type === 'message' && 'message_data' in entry
}
