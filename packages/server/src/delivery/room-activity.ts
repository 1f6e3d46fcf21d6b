import { streamOwner } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import type { Logger } from '../logger.ts'
import {
  type Marked,
  mostReaders,
  type NewReader,
  type Placed,
  type ReaderRow,
  type ReadMark,
  type Store,
  type StreamKey,
  streamId,
  streamKeyOf,
} from '../stores/store.ts'
import { isoNow } from '../time.ts'
import { usersOf } from './audience.ts'
import type { Notify } from './facts.ts'
import type { Receipts } from './receipts.ts'
import { shownReaders } from './shown-readers.ts'

interface RoomActivityParts {
  readonly store: Pick<Store, 'readers' | 'streams'>
  readonly push: Notify
  readonly receipts: Pick<Receipts, 'note'>
  readonly logger: Logger
}

/** How often what is new is written. Nobody waits for it. */
const writeMs = 1_000
/** How many rows of one stream are moved at once, and how many of all streams each time. */
const mostMoved = 1_000
const mostMovedOfAll = 2_000
/** A stream with few readers is moved each second, one with more so many of them a second. */
const movedPerSecond = 50
/** A stream without readers is looked at again only after this. */
const quietMs = 10_000
const movedTogether = 50
/** Beyond so many that wait, such as while the store is gone, they are left out. */
const mostWaiting = 10_000
const keptStreams = 50_000

/** What waits of one person and stream. */
interface Waiting<Change> {
  readonly workspace_id: string
  readonly change: Change
}

/**
 * Writes behind the messages what they do to lists: who has joined or written to a room has it on their list, who has written
 * has read what came before, and the room moves up in the lists of its readers. What is written together is told together.
 */
export class RoomActivity {
  readonly #parts: RoomActivityParts
  #entering = new Map<string, Waiting<NewReader>>()
  #marks = new Map<string, Waiting<ReadMark>>()
  /** The time of the last message of each stream, by their ids. */
  readonly #active = new Map<string, string>()
  /** When a stream may be moved again, on the clock of `performance.now()`. */
  readonly #notBefore = new LRUCache<string, number>({ max: keptStreams })
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isFailing = false
  #isStopped = false

  constructor(parts: RoomActivityParts) {
    this.#parts = parts
  }

  /** Notes a message. @param userIds the ids of whoever has sent it; null where nobody knows who that is */
  sent(key: StreamKey, userIds: readonly string[] | null, { nth, seq, created_at }: Placed): void {
    const id = streamId(key)
    const isRoom = streamOwner(key.stream).kind === 'room'
    if (isRoom && (this.#active.has(id) || this.#active.size < mostWaiting)) this.#active.set(id, created_at)
    if (userIds) {
      const mark = { user_ids: userIds, stream: key.stream, nth, seq, at: created_at, is_listed: isRoom }
      keep(this.#marks, `${id}\n${userIds[0]}`, { workspace_id: key.workspace_id, change: mark })
    }
    this.#schedule()
  }

  /** Notes that somebody has joined an open room. @param end where it ended then */
  entered(key: StreamKey, user_ids: readonly string[], end: NewReader['end']): void {
    const name = `${streamId(key)}\n${user_ids[0]}`
    if (this.#entering.has(name)) return
    const change = { user_ids, stream: key.stream, at: isoNow(), ...(end && { end }) }
    keep(this.#entering, name, { workspace_id: key.workspace_id, change })
    this.#schedule()
  }

  /** Takes a stream off somebody's list, also what waits of it. */
  async left(key: StreamKey, userIds: readonly string[]): Promise<void> {
    for (const id of userIds) {
      this.#entering.delete(`${streamId(key)}\n${id}`)
      this.#marks.delete(`${streamId(key)}\n${id}`)
    }
    await this.#writing
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
    const entering = this.#entering
    const marks = this.#marks
    this.#entering = new Map()
    this.#marks = new Map()
    try {
      await this.#enter(entering)
      await this.#mark(marks)
      await this.#move(isAll)
      this.#isFailing = false
    } catch (error) {
      // What is newer by now stays.
      for (const [name, one] of entering) if (!this.#entering.has(name)) keep(this.#entering, name, one)
      for (const [name, one] of marks) if (!this.#marks.has(name)) keep(this.#marks, name, one)
      if (!this.#isFailing)
        this.#parts.logger.warn({ error }, 'What messages do to lists could not be written')
      this.#isFailing = true
    }
    const isLeft = this.#entering.size + this.#marks.size + this.#active.size > 0
    if (isLeft) this.#schedule()
  }

  async #enter(entering: Map<string, Waiting<NewReader>>): Promise<void> {
    for (const [workspaceId, some] of batches(entering)) {
      const changes = some.map(([, change]) => change)
      const listed = await this.#parts.store.readers.enter(workspaceId, changes)
      for (const [name] of some) entering.delete(name)
      await this.#tellListed(workspaceId, changes, listed)
    }
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

  async #mark(marks: Map<string, Waiting<ReadMark>>): Promise<void> {
    for (const [workspaceId, some] of batches(marks)) {
      const marked = await this.#parts.store.readers.mark(
        workspaceId,
        some.map(([, change]) => change),
      )
      for (const [name] of some) marks.delete(name)
      await this.#tell(
        workspaceId,
        some.map(([, change], at) => ({ mark: change, ...(marked[at] as Marked) })),
      )
    }
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
    const due = [...this.#active].filter(([id]) => isAll || (this.#notBefore.get(id) ?? 0) <= now)
    let moved = 0
    for (let at = 0; at < due.length && (isAll || moved < mostMovedOfAll); at += movedTogether) {
      const counts = await Promise.all(
        due.slice(at, at + movedTogether).map(([id, time]) => this.#moveOne(id, time)),
      )
      moved += counts.reduce((sum, count) => sum + count, 0)
    }
  }

  async #moveOne(id: string, active_at: string): Promise<number> {
    const { workspace_id, stream } = streamKeyOf(id)
    const moved = await this.#parts.store.readers.move(workspace_id, { stream, active_at, limit: mostMoved })
    // Where there are more, they are moved next time.
    if (moved < mostMoved && this.#active.get(id) === active_at) this.#active.delete(id)
    const pauseMs = moved === 0 ? quietMs : Math.max(writeMs, (moved / movedPerSecond) * 1_000)
    this.#notBefore.set(id, performance.now() + pauseMs)
    return moved
  }
}

function keep<Change>(waiting: Map<string, Waiting<Change>>, name: string, one: Waiting<Change>): void {
  if (waiting.has(name) || waiting.size < mostWaiting) waiting.set(name, one)
}

/** What waits, in as few calls of the store as may be, each of one workspace. */
function* batches<Change>(
  waiting: ReadonlyMap<string, Waiting<Change>>,
): Generator<[workspaceId: string, some: [name: string, change: Change][]]> {
  const byWorkspace = new Map<string, [string, Change][]>()
  for (const [name, { workspace_id, change }] of waiting) {
    const some = byWorkspace.get(workspace_id)
    if (some) some.push([name, change])
    else byWorkspace.set(workspace_id, [[name, change]])
  }
  for (const [workspaceId, some] of byWorkspace)
    for (let at = 0; at < some.length; at += mostReaders)
      yield [workspaceId, some.slice(at, at + mostReaders)]
}
