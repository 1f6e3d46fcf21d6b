import { countedCache } from '../counted-cache.ts'
import type { Logger } from '../logger.ts'
import {
  type Marked,
  type NewReader,
  type Placed,
  type ReaderRow,
  type ReadMark,
  type Store,
  type StreamKey,
  streamId,
} from '../stores/store.ts'
import { isoNow } from '../time.ts'
import { usersOf } from './audience.ts'
import type { Notify } from './facts.ts'
import type { Receipts } from './receipts.ts'
import { shownReaders } from './shown-readers.ts'
import { TicketActivity } from './ticket-activity.ts'
import { type Batch, keep, WaitingActivity, type WaitingStream } from './waiting-activity.ts'

interface RoomActivityParts {
  readonly store: Pick<Store, 'readers' | 'streams' | 'tickets' | 'nodes'>
  readonly push: Notify
  readonly receipts: Pick<Receipts, 'note'>
  readonly logger: Logger
}

/** How often what is new is written. Nobody waits for it. */
const writeMs = 1_000
/** How many rows of one stream are moved at once, and how many of all streams each time. */
const mostMoved = 1_000
const mostMovedOfAll = 2_000
/**
 * A stream that was quiet is moved at once. After that it waits, since each of its readers is a row that is written, and those
 * who have their list before them are told of each message anyway.
 */
const movedPerSecond = 4
const busyMs = 10_000
/** A stream without readers is looked at again only after this. */
const quietMs = 10_000
const movedTogether = 50
const keptStreams = 50_000

/** When a stream was moved, or seen to be, and when it may be again, on the clock of `performance.now()`. */
interface Moved {
  /** Up to what. */
  readonly active_at: string
  readonly pauseMs: number
  readonly until: number
}

/**
 * Writes behind the messages what they do to lists: who has joined or written to a room has it on their list, who has written
 * has read what came before, and the room moves up in the lists of its readers. What is written together is told together.
 */
export class RoomActivity {
  readonly #parts: RoomActivityParts
  readonly #waiting = new WaitingActivity()
  readonly #tickets: TicketActivity
  readonly #moved = countedCache<string, Moved>(keptStreams)
  /** Those who leave a stream, until what is being written is written. */
  readonly #leaving = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isFailing = false
  #isStopped = false

  constructor(parts: RoomActivityParts) {
    this.#parts = parts
    this.#tickets = new TicketActivity(parts.store.tickets)
  }

  /** Notes a message. @param userIds the ids of whoever has sent it; null where nobody knows who that is */
  sent(key: StreamKey, userIds: readonly string[] | null, { nth, seq, created_at: at }: Placed): void {
    this.#tickets.sent(key, at)
    const waiting = this.#waiting.of(key)
    if (!waiting) return
    if (waiting.isRoom) waiting.active_at = at
    if (userIds) {
      const mark = waiting.marks.get(userIds[0] ?? '')
      if (!mark) {
        const { stream, isRoom: is_listed } = waiting
        keep(waiting.marks, { user_ids: userIds, stream, nth, seq, at, is_listed })
      } else if (nth > mark.nth) {
        mark.nth = nth
        mark.seq = seq
        mark.at = at
      }
    }
    this.#schedule()
  }

  /** Notes that somebody has joined an open room. @param end where it ended then */
  entered(key: StreamKey, user_ids: readonly string[], end: NewReader['end']): void {
    const { stream } = key
    keep(this.#waiting.of(key)?.entering, { user_ids, stream, at: isoNow(), ...(end && { end }) })
    this.#schedule()
  }

  /** Takes a stream off somebody's list, also what waits of it. */
  async left(key: StreamKey, userIds: readonly string[]): Promise<void> {
    this.#waiting.forget(key, userIds)
    const leaving = userIds.map((id) => nameIn(key, id))
    for (const name of leaving) this.#leaving.add(name)
    await this.#writing
    for (const name of leaving) this.#leaving.delete(name)
    await this.#parts.store.readers.remove(key.workspace_id, key.stream, userIds)
  }

  /** Writes everything that waits; resolves once it is written. */
  write(): Promise<void> {
    return this.#write(true)
  }

  /** Writes everything that waits, and nothing later. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#write(true)
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (!this.#isStopped) this.#timer ??= setTimeout(() => void this.#write(false), writeMs).unref()
  }

  #write(isAll: boolean): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#writeNow(isAll))
    return this.#writing
  }

  async #writeNow(isAll: boolean): Promise<void> {
    try {
      await each(
        this.#waiting.takeEntering(),
        (batch) => this.#enter(batch),
        (batch) => this.#waiting.keepEntering(this.#staying(batch)),
      )
      await each(
        this.#waiting.takeMarks(),
        (batch) => this.#mark(batch),
        (batch) => this.#waiting.keepMarks(this.#staying(batch)),
      )
      await this.#tickets.write()
      await this.#move(isAll)
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing)
        this.#parts.logger.warn({ error }, 'What messages do to lists could not be written')
      this.#isFailing = true
    }
    this.#waiting.tidy()
    if (!this.#waiting.isEmpty || !this.#tickets.isEmpty) this.#schedule()
  }

  /** What of a batch that could not be written shall wait again: nothing of those who leave, or it would list them anew. */
  #staying<Change extends NewReader | ReadMark>({ workspace_id, changes }: Batch<Change>): Batch<Change> {
    const isLeaving = ({ stream, user_ids }: Change): boolean =>
      user_ids.some((id) => this.#leaving.has(nameIn({ workspace_id, stream }, id)))
    return { workspace_id, changes: changes.filter((change) => !isLeaving(change)) }
  }

  async #enter({ workspace_id, changes }: Batch<NewReader>): Promise<void> {
    const listed = await this.#parts.store.readers.enter(workspace_id, changes)
    await this.#tellListed(workspace_id, changes, listed).catch((error: unknown) => {
      // They are listed; the next page of the list has them.
      this.#parts.logger.warn({ error }, 'Who has read how far could not be told')
    })
  }

  /** Tells the devices of those who have got another room on their list. */
  async #tellListed(
    workspaceId: string,
    entering: readonly NewReader[],
    rows: readonly ReaderRow[],
  ): Promise<void> {
    const own = rows.map((row) => {
      const isIts = ({ stream, user_ids }: NewReader) =>
        stream === row.stream && user_ids.includes(row.user_id)
      return { row, user_ids: entering.find(isIts)?.user_ids ?? [row.user_id] }
    })
    const shown = await shownReaders(this.#parts.store, workspaceId, own)
    for (const [at, { reader }] of shown.entries()) {
      const to = usersOf(workspaceId, own[at]?.user_ids ?? [])
      this.#parts.push(to, 'reader_changed', { data: reader, is_listed: true })
    }
  }

  async #mark({ workspace_id, changes }: Batch<ReadMark>): Promise<void> {
    const marked = await this.#parts.store.readers.mark(workspace_id, changes)
    await this.#tell(
      workspace_id,
      marked.map((one, at) => ({ ...one, mark: changes[at] as ReadMark })),
    ).catch((error: unknown) => {
      // The marks are written; the next ones tell where they are.
      this.#parts.logger.warn({ error }, 'Who has read how far could not be told')
    })
  }

  /** Tells the devices of those who have written, and who reads with them. */
  async #tell(workspaceId: string, all: readonly (Marked & { readonly mark: ReadMark })[]): Promise<void> {
    const { store, push, receipts } = this.#parts
    const raised = all.filter(({ reader, was }) => was !== reader.nth)
    const own = raised.map(({ reader, mark }) => ({ row: reader, user_ids: mark.user_ids }))
    const shown = await shownReaders(store, workspaceId, own)
    for (const [at, { reader }] of shown.entries()) {
      const { mark } = raised[at] as (typeof raised)[number]
      push(usersOf(workspaceId, mark.user_ids), 'reader_changed', { data: reader })
    }
    for (const { reader, mark } of all)
      if (reader.read_nth === mark.nth)
        receipts.note({ workspace_id: workspaceId, stream: reader.stream }, reader.user_id)
  }

  /** Moves streams up in the lists of their readers, as many as may be moved now. */
  async #move(isAll: boolean): Promise<void> {
    const now = performance.now()
    const due = this.#waiting
      .active()
      .filter((one) => isAll || (this.#moved.get(streamId(one))?.until ?? 0) <= now)
    let moved = 0
    for (let at = 0; at < due.length && (isAll || moved < mostMovedOfAll); at += movedTogether) {
      const counts = await Promise.all(
        due.slice(at, at + movedTogether).map((one) => this.#moveOne(one, isAll)),
      )
      moved += counts.reduce((sum, count) => sum + count, 0)
    }
  }

  async #moveOne(waiting: WaitingStream, isAll: boolean): Promise<number> {
    const { workspace_id, stream, active_at } = waiting
    if (active_at === null || (!isAll && (await this.#movesElsewhere(waiting)))) return 0
    const moved = await this.#parts.store.readers.move(workspace_id, { stream, active_at, limit: mostMoved })
    // Where there are more, they are moved next time.
    if (moved < mostMoved && waiting.active_at === active_at) waiting.active_at = null
    const pauseMs = moved === 0 ? quietMs : Math.max(busyMs, (moved / movedPerSecond) * 1_000)
    this.#rest(waiting, active_at, pauseMs)
    return moved
  }

  /**
   * Whether another server has moved a stream since this one has, or has looked: then that one goes on, of all whose users write
   * to it. Once it has not for the time of a pause, as where it has ended or the stream is quiet, this one does.
   */
  async #movesElsewhere(key: StreamKey): Promise<boolean> {
    const { readers, nodes } = this.#parts.store
    const last = this.#moved.get(streamId(key))
    if (!nodes || !last) return false
    const [row] = await readers.ofStream(key.workspace_id, key.stream, { limit: 1 })
    if (!row || row.active_at <= last.active_at) return false
    this.#rest(key, row.active_at, last.pauseMs)
    return true
  }

  #rest(key: StreamKey, active_at: string, pauseMs: number): void {
    this.#moved.set(streamId(key), { active_at, pauseMs, until: performance.now() + pauseMs })
  }
}

function nameIn(key: StreamKey, userId: string): string {
  return `${streamId(key)}\n${userId}`
}

/** Does something for one batch after the other. From the first that fails on they are kept. */
async function each<Change>(
  batches: readonly Batch<Change>[],
  run: (batch: Batch<Change>) => Promise<void>,
  keepOne: (batch: Batch<Change>) => void,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined
  for (const batch of batches) {
    if (!failure) await run(batch).catch((error: unknown) => (failure = { error }))
    if (failure) keepOne(batch)
  }
  if (failure) throw failure.error
}
