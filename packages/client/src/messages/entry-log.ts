import type { Entry, Message, Page, Position, PushOf } from '../entities.ts'
import { type Change, changedRows, isChange, isMessage, placeOf, type RowOf } from './changed-rows.ts'

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

/** A run of messages without holes. */
export interface Part<Row> {
  readonly rows: Row[]
  /** Whether the stream has messages before the first row. */
  readonly hasOlder: boolean
}

/** More entries than this do not wait for a hole to be filled: they are fetched again with it. */
const mostAhead = 1_000
/** So many changes are remembered, for pages that were read before them. */
const mostChanges = 200

/**
 * The newest messages of one stream, without holes, each as a row that is made once; another part of it can be shown instead.
 * Known entries are dropped, the next one is taken, and later ones wait until the hole before them is filled. Entries that are
 * no messages change those that are, in both parts. Knows nothing of connections.
 */
export class EntryLog<Row extends { readonly message: Message }> {
  readonly #rowOf: RowOf<Row>
  readonly #messageOf: (row: Row) => Message
  #live: Part<Row> = { rows: [], hasOlder: false }
  /** The same object while the newest messages are shown. */
  #shown = this.#live
  #position: Position | undefined
  #reset: StreamReset | null = null
  #ahead = new Map<number, Entry>()
  /** The log has entries up to here, as far as is known; 0 if nobody has said. */
  #end = 0
  #changes: Change[] = []
  /** Pages must be at least as new as this seq, or they may lack a change that was taken and is not remembered. */
  #changedAt = 0

  /** @param messageOf answers the message of a row as it is in the log, where the row shows another */
  constructor(rowOf: RowOf<Row>, messageOf: (row: Row) => Message = ({ message }) => message) {
    this.#rowOf = rowOf
    this.#messageOf = messageOf
  }

  /** What is shown, oldest first. New messages are put at the end of the same array; every other change makes another one. */
  get rows(): readonly Row[] {
    return this.#shown.rows
  }

  /** What is shown. */
  get shown(): Part<Row> {
    return this.#shown
  }

  /** The newest messages; the same part as `shown` unless another place is shown. */
  get live(): Part<Row> {
    return this.#live
  }

  /** How far it goes; undefined until the first page. */
  get position(): Position | undefined {
    return this.#position
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
    // A log that was not begun has no epoch.
    if (from?.epoch) this.#reset = { reason: reset?.reason ?? 'epoch', from, epoch }
    if (from && from.epoch !== epoch) this.#ahead.clear()
    const rows = entries.filter(isMessage).map((message) => this.#rowOf(message))
    this.place({ rows, hasOlder: page.more })
    this.#changes = []
    this.#changedAt = head.seq
    this.#position = { epoch, seq: head.seq, id: head.id }
    this.#take([])
    return true
  }

  /** Shows a part of the log. Without another one, it is also the newest messages. */
  place(shown: Part<Row>, live = shown): void {
    this.#shown = shown
    this.#live = live
  }

  /** The rows of a page of messages as they are now; undefined if it is of another log, or too old to know what they are. */
  rowsOf({ epoch, head, entries }: Page): Row[] | undefined {
    if (epoch !== this.#position?.epoch || head.seq < this.#changedAt) return undefined
    const { seq } = this.#position
    // Those that are newer come with the entries.
    const messages = entries.filter(isMessage).filter((message) => message.seq <= seq)
    const rows = messages.map((message) => this.#rowOf(message))
    return changedRows(rows, this.#changes, this.#rowOf, this.#messageOf)
  }

  /**
   * Puts the messages before the `before`th in front. Answers false if that is no longer the first one, or if the page cannot be
   * used.
   */
  prepend(page: Page, before: number): boolean {
    if (this.rows[0]?.message.nth !== before) return false
    const older = this.rowsOf(page)
    if (!older) return false
    const isLive = this.#shown === this.#live
    this.#shown = { rows: [...older, ...this.rows], hasOlder: page.more }
    if (isLive) this.#live = this.#shown
    return true
  }

  /** Lets go of all but the newest rows. */
  keep(count: number): void {
    const { rows } = this.#live
    if (rows.length <= count) return
    const kept = { rows: rows.slice(-count), hasOlder: true }
    this.place(this.#shown === this.#live ? kept : this.#shown, kept)
  }

  /** Replaces rows by others of the same messages. */
  remake(another: (row: Row) => Row): void {
    this.#eachPart((rows) => rows.map(another))
  }

  /** Takes a message that is newer than what the log has of it, before its change comes. */
  put(message: Message): void {
    this.#eachPart((rows) => {
      const at = placeOf(rows, message.seq)
      const row = rows[at]
      const before = row && this.#messageOf(row)
      if (before?._id !== message._id || !isNewer(message, before)) return rows
      const changed = [...rows]
      changed[at] = this.#rowOf(message)
      return changed
    })
  }

  /** Drops the entries that wait: after a reconnect the next page contains them. */
  dropAhead(): void {
    this.#ahead.clear()
    this.#end = 0
  }

  /** Drops everything: the stream may no longer be read. */
  clear(): void {
    this.place({ rows: [], hasOlder: false })
    this.#position = undefined
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
    const changes: Change[] = []
    for (let entry = this.#ahead.get(seq + 1); entry; entry = this.#ahead.get(seq + 1)) {
      seq = entry.seq
      id = entry._id
      if (isMessage(entry)) this.#live.rows.push(this.#rowOf(entry))
      else if (isChange(entry)) changes.push(entry)
    }
    for (const known of this.#ahead.keys()) if (known <= seq) this.#ahead.delete(known)
    if (seq === this.#position.seq) return
    this.#position = { ...this.#position, seq, id }
    if (changes.length > 0) this.#change(changes)
  }

  #change(changes: readonly Change[]): void {
    this.#eachPart((rows) => changedRows(rows, changes, this.#rowOf, this.#messageOf))
    this.#changes.push(...changes)
    const forgotten = this.#changes.splice(0, this.#changes.length - mostChanges)
    this.#changedAt = forgotten.at(-1)?.seq ?? this.#changedAt
  }

  #eachPart(change: (rows: Row[]) => Row[]): void {
    const changed = (part: Part<Row>): Part<Row> => {
      const rows = change(part.rows)
      return rows === part.rows ? part : { ...part, rows }
    }
    const live = changed(this.#live)
    this.place(this.#shown === this.#live ? live : changed(this.#shown), live)
  }
}

function isNewer(message: Message, before: Message): boolean {
  return (
    (message.version ?? 0) > (before.version ?? 0) ||
    (message.kind === 'removed' && before.kind !== 'removed')
  )
}
