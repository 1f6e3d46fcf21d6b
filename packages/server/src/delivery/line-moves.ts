import { lineOwner, topicLine } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import { Paced } from '../queues/paced.ts'
import { dateNow, repeat } from '../time.ts'
import { lineAddress } from './audience.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Facts, Notify } from './facts.ts'
import { type FollowedLine, FollowedLines, type TimedState } from './followed-lines.ts'
import { type LineKey, type LineState, type LineStores, linesOf, readLine } from './line-reading.ts'
import { stepBetween } from './line-steps.ts'
import type { OpeningHours } from './opening-hours.ts'
import type { SharedChanges } from './shared-changes.ts'

interface LineMovesParts {
  readonly store: LineStores
  readonly hours: Pick<OpeningHours, 'closed'>
  readonly push: Notify
  readonly changes: Pick<SharedChanges, 'on'>
  readonly rows: Pick<ChangedRows, 'server' | 'onAnnounced'>
  readonly logger: Logger
  /** How long all lines rest after a look. */
  readonly restMs?: number
}

/** Short of a second, within which everybody shall know. */
const defaultRestMs = 700
/** Lines of one look, and how many of them are read side by side. */
const linesAtOnce = 200
const readAtOnce = 8
/** So often every line that is followed is looked at, whatever has been announced of it. */
const refreshMs = 30_000

/**
 * Tells sockets how the lines move that they follow: one frame a line and look, the same for everybody, however many wait. What is announced
 * of tickets, line managers and topics, here or on another server, says which lines to look at; what has happened to them is the
 * difference between two looks, so that nothing adds up that has been missed.
 */
export class LineMoves {
  readonly #parts: LineMovesParts
  readonly #lines = new FollowedLines()
  readonly #due = new Set<FollowedLine>()
  readonly #looks: Paced
  readonly #stopRefreshing: () => void
  #isFailing = false
  #isStopped = false
  /** Called with each state of a line that its followers are told of. */
  onState: (key: LineKey, state: TimedState) => void = () => {}

  constructor(parts: LineMovesParts) {
    const { changes, rows } = parts
    this.#parts = parts
    this.#looks = new Paced(parts.restMs ?? defaultRestMs, () => this.#lookAtAll(), { isSparing: true })
    rows.onAnnounced((workspaceId, fact, data) => this.#announced(workspaceId, fact, data))
    // This server's own have been seen as they were announced.
    const isOther = ({ server }: { readonly server?: string }) => server !== rows.server
    changes.on('ticket_changed', (change) => {
      if (isOther(change)) this.#ticketMoved(change.workspace_id, change.ticket_id, change.lines ?? [])
    })
    changes.on('topic_changed', (change) => {
      if (isOther(change)) this.#mark(change.workspace_id, topicLine(change.name))
    })
    changes.on('line_manager_changed', (change) => {
      if (isOther(change)) this.#markAll(change.workspace_id)
    })
    this.#stopRefreshing = repeat(() => this.#markAll(), refreshMs)
  }

  /** Call it when the first socket of this server follows a line. */
  followed(key: LineKey): void {
    this.#lines.add({ key, state: undefined, reading: undefined, products: new Set() })
  }

  /** Call it when no socket of this server follows it any more. */
  unfollowed(key: LineKey): void {
    const line = this.#lines.get(key)
    this.#lines.delete(key)
    if (line) this.#due.delete(line)
  }

  /**
   * How a line is. To whoever follows it, each `line_moved` that is sent after the answer's microtasks goes on from there.
   * @param product the topic of whoever asks
   */
  async state(key: LineKey, product: string): Promise<TimedState> {
    const line = this.#lines.get(key)
    line?.products.add(product)
    if (!line) return timed(await this.#readLine(key), undefined)
    return line.state ?? line.reading ?? this.#begunReading(line)
  }

  /** Lets somebody who has begun to follow a line be told of it, behind what is under way. */
  tell(key: LineKey): void {
    this.#mark(key.workspace_id, key.line)
  }

  /** Resolves once no line is being looked at. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#stopRefreshing()
    await this.#looks.stop()
  }

  #announced<K extends keyof Facts>(workspaceId: string, fact: K, data: Facts[K]): void {
    if (fact === 'ticket_updated' || fact === 'new_ticket') {
      const { _id, ...ticket } = (data as Facts['ticket_updated']).data
      this.#ticketMoved(workspaceId, _id, linesOf(ticket))
    }
    if (fact === 'topic_changed')
      this.#mark(workspaceId, topicLine((data as Facts['topic_changed']).data.name))
    if (fact === 'line_manager_changed' || fact === 'line_manager_removed') this.#markAll(workspaceId)
  }

  /** @param lines those in which it is now, or was as its line manager's */
  #ticketMoved(workspaceId: string, ticketId: string, lines: readonly string[]): void {
    for (const line of lines) this.#mark(workspaceId, line)
    for (const line of this.#lines.with(workspaceId, ticketId)) this.#markLine(line)
  }

  #mark(workspace_id: string, line: string): void {
    const followed = this.#lines.get({ workspace_id, line })
    if (followed) this.#markLine(followed)
  }

  /** Those of a workspace, or of all. */
  #markAll(workspaceId?: string): void {
    for (const line of this.#lines.all(workspaceId)) this.#markLine(line)
  }

  #markLine(line: FollowedLine): void {
    this.#due.add(line)
    this.#looks.want()
  }

  async #lookAtAll(): Promise<void> {
    const lines = [...this.#due].slice(0, linesAtOnce)
    for (let at = 0; at < lines.length && !this.#isStopped; at += readAtOnce)
      await Promise.all(lines.slice(at, at + readAtOnce).map((line) => this.#look(line)))
    if (this.#due.size > 0) this.#looks.want()
  }

  async #look(line: FollowedLine): Promise<void> {
    this.#due.delete(line)
    try {
      await line.reading
      await this.#begunReading(line)
      this.#isFailing = false
    } catch (error) {
      if (this.#lines.get(line.key) === line) this.#due.add(line)
      // Said once, however long it takes.
      if (!this.#isFailing) this.#parts.logger.error({ error }, 'Lines cannot be read')
      this.#isFailing = true
    }
  }

  #begunReading(line: FollowedLine): Promise<TimedState> {
    line.reading = this.#read(line).finally(() => {
      line.reading = undefined
    })
    return line.reading
  }

  /** Reads a line, and tells its followers what has happened since the last time. */
  async #read(line: FollowedLine): Promise<TimedState> {
    const read = await this.#readLine(line.key)
    // In a turn of its own: between a state that a handler has answered with and that answer nothing can be sent.
    await new Promise((resolve) => setImmediate(resolve))
    const before = line.state
    const state = timed(read, before)
    line.state = state
    const step = before && stepBetween(before, state, line.products)
    if (step && this.#lines.get(line.key) === line) {
      const { line: name } = line.key
      const data = { line: name, ...step, computed_at: state.computed_at }
      this.#parts.push({ addresses: [lineAddress(line.key)] }, 'line_moved', data)
      // Whoever is still there asks again, and names their topic.
      if (step.is_incomplete) line.products.clear()
    }
    this.#lines.index(line)
    this.onState(line.key, state)
    return state
  }

  /** Those whom a line manager serves may be of any topic. */
  async #readLine(key: LineKey): Promise<LineState> {
    const { store, hours } = this.#parts
    const state = await readLine(store, key)
    if (lineOwner(key.line)?.kind === 'topic') return state
    return { ...state, closed: await hours.closed(key.workspace_id) }
  }
}

function timed(state: LineState, before: TimedState | undefined): TimedState {
  const least = before ? Date.parse(before.computed_at) + 1 : 0
  return { ...state, computed_at: new Date(Math.max(dateNow(), least)).toISOString() }
}
