import { removedMessage } from '@dowellchat/protocol/core'
import type { Entry, Message, Page, Position, PushOf } from '../entities.ts'

/** A stream's history could not be continued, so its messages were replaced by the newest ones that there are now. */
export interface StreamReset {
  /**
   * `epoch`: the stream's history began anew. `replaced`: an earlier copy of it was restored, and went on.
   * `ahead`: an earlier copy was restored, which ends before `from`. `truncated`: what follows `from` has been removed.
   */
  readonly reason: NonNullable<Page['reset']>['reason']
  /** Where the messages ended that were shown until then. */
  readonly from: Position
  /** The history that is shown since. */
  readonly epoch: string
}

/** More entries than this do not wait for a hole to be filled: they are fetched again with it. */
const mostAhead = 1_000

/**
 * A window of one stream: its newest messages, without holes, each as a row that is made once. Known entries are dropped, the
 * next one is taken, and later ones wait until the hole before them is filled. Entries that are no messages change those that
 * are. Knows nothing of connections.
 */
export class EntryLog<Row extends { readonly message: Message }> {
  readonly #rowOf: (message: Message) => Row
  #rows: Row[] = []
  #position: Position | undefined
  #hasOlder = false
  #reset: StreamReset | null = null
  #ahead = new Map<number, Entry>()
  /** The log has entries up to here, as far as is known; 0 if nobody has said. */
  #end = 0
  /** Pages of older messages must be at least as new as this seq, or they may lack a change that was taken. */
  #changedAt = 0

  constructor(rowOf: (message: Message) => Row) {
    this.#rowOf = rowOf
  }

  /** Oldest first. New messages are put at the end of the same array; every other change makes another one. */
  get rows(): readonly Row[] {
    return this.#rows
  }

  /** How far it goes; undefined until the first page. */
  get position(): Position | undefined {
    return this.#position
  }

  /** Whether the stream has messages before the first row. */
  get hasOlder(): boolean {
    return this.#hasOlder
  }

  /** The last time that continuity was lost; null if it never was. */
  get reset(): StreamReset | null {
    return this.#reset
  }

  /** Whether entries wait for others that have not arrived, or the log ends later. */
  get hasHole(): boolean {
    return this.#position !== undefined && (this.#ahead.size > 0 || this.#end > this.#position.seq)
  }

  /** Takes that the log has entries up to a seq. */
  expect(seq: number): void {
    this.#end = seq
  }

  /** Takes live entries. Answers false if they belong to another log than the position; the stream must then be joined again. */
  push({ epoch, entries }: Pick<PushOf<'entries'>, 'epoch' | 'entries'>): boolean {
    if (this.#position && this.#position.epoch !== epoch) return false
    this.#take(entries)
    return true
  }

  /**
   * Takes a page: the newest messages, or the entries after the position.
   * @returns whether the page has replaced all earlier entries
   */
  apply(page: Page): boolean {
    const { epoch, head, entries, reset } = page
    const from = this.#position
    if (from && from.epoch === epoch && !reset) {
      this.#take(entries)
      return false
    }
    if (from) this.#reset = { reason: reset?.reason ?? 'epoch', from, epoch }
    if (from && from.epoch !== epoch) this.#ahead.clear()
    this.#rows = entries.filter(isMessage).map(this.#rowOf)
    this.#hasOlder = page.more
    this.#changedAt = head.seq
    this.#position = { epoch, seq: head.seq, id: head.id }
    this.#take([])
    return true
  }

  /**
   * Puts the messages before the `before`th in front. Answers false if that is no longer the first one, or if the page is of
   * another log, or older than a change of the messages.
   */
  prepend({ epoch, head, entries, more }: Page, before: number): boolean {
    const isNext = this.#rows[0]?.message.nth === before
    if (!isNext || epoch !== this.#position?.epoch || head.seq < this.#changedAt) return false
    this.#rows = [...entries.filter(isMessage).map(this.#rowOf), ...this.#rows]
    this.#hasOlder = more
    return true
  }

  /** Lets go of all but the newest rows. */
  keep(count: number): void {
    if (this.#rows.length <= count) return
    this.#rows = this.#rows.slice(-count)
    this.#hasOlder = true
  }

  /** Replaces rows by others of the same messages. */
  remake(another: (row: Row) => Row): void {
    this.#rows = this.#rows.map(another)
  }

  /** Drops the entries that wait: after a reconnect the next page contains them. */
  dropAhead(): void {
    this.#ahead.clear()
    this.#end = 0
  }

  /** Drops everything: the stream may no longer be read. */
  clear(): void {
    this.#rows = []
    this.#position = undefined
    this.#hasOlder = false
    this.#reset = null
    this.dropAhead()
  }

  #take(entries: readonly Entry[]): void {
    for (const entry of entries) this.#ahead.set(entry.seq, entry)
    this.#takeNext()
    if (this.#ahead.size <= mostAhead) return
    this.#end = Math.max(this.#end, ...this.#ahead.keys())
    this.#ahead.clear()
  }

  #takeNext(): void {
    if (!this.#position) return
    let { seq, id } = this.#position
    const reasons = new Map<number, string>()
    for (let entry = this.#ahead.get(seq + 1); entry; entry = this.#ahead.get(seq + 1)) {
      seq = entry.seq
      id = entry._id
      if (isMessage(entry)) this.#rows.push(this.#rowOf(entry))
      if (!isDeletion(entry)) continue
      for (const target of entry.targets) reasons.set(target, entry.reason)
      this.#changedAt = seq
    }
    for (const known of this.#ahead.keys()) if (known <= seq) this.#ahead.delete(known)
    if (seq === this.#position.seq) return
    this.#position = { ...this.#position, seq, id }
    if (reasons.size > 0) this.#remove(reasons)
  }

  /** Removes the messages at these seqs; leaves all other rows the objects that they are. */
  #remove(reasons: ReadonlyMap<number, string>): void {
    const rows = [...this.#rows]
    for (const [seq, reason] of reasons) {
      const at = placeOf(rows, seq)
      const row = rows[at]
      if (row?.message.seq === seq) rows[at] = this.#rowOf(removedMessage(row.message, reason))
    }
    this.#rows = rows
  }
}

/** Where the row of a seq is, or would be. */
function placeOf(rows: readonly { readonly message: Message }[], seq: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.message.seq ?? seq) < seq) low = middle + 1
    else high = middle
  }
  return low
}

function isDeletion(entry: Entry): entry is Extract<Entry, { targets: unknown }> {
  return entry.type === 'deletion' && 'targets' in entry
}

function isMessage(entry: Entry): entry is Message {
  return entry.type === 'message' && 'message_data' in entry
}
