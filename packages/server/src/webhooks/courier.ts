import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import { Paced } from '../queues/paced.ts'
import { fresh } from '../stores/fields/deliveries.ts'
import type { DeliveryChange, DeliveryRow, DeliveryStore, PlacedDelivery } from '../stores/store.ts'
import { dateNow, isoNow } from '../time.ts'
import { type DoneUpTo, type Failed, type Follower, isoAt, type Outcome } from './follower.ts'
import type { Lease } from './lease.ts'

interface CourierParts {
  readonly follower: Follower
  readonly store: DeliveryStore
  readonly lease: Lease
  /** Looks for what nobody has noted; called when this server begins to deliver. */
  readonly onBegin: () => void
  readonly logger: Logger
  readonly meter: Pick<Meter, 'delivered' | 'parked'> | undefined
}

const betweenMs = 100
/** How many streams are delivered at once. */
const mostAtOnce = 8
/** How much of one stream is delivered before others have their turn. */
const mostRunning = 20
const firstPauseMs = 1_000
const longestPauseMs = 300_000
const longestRetryAfterMs = 24 * 60 * 60 * 1_000
/** After so long without success a stream waits for an operator, or what has failed is given up. */
const patienceMs = 24 * 60 * 60 * 1_000
/** And never after fewer tries, since a receiver may ask for a pause of a day. */
const fewestTries = 3
const mostProblem = 300

/**
 * Delivers to one follower what is due, as long as this server has its lease: several streams at once, of each one thing after
 * the other. What fails is tried again, later each time, and after a day it is parked or given up.
 */
export class Courier {
  readonly #parts: CourierParts
  readonly #looking: Paced
  readonly #underWay = new Map<string, Promise<void>>()
  #hasBegun = false
  #isFailing = false
  #isStopped = false

  constructor(parts: CourierParts) {
    this.#parts = parts
    this.#looking = new Paced(betweenMs, () => this.#look())
  }

  /** Looks soon for what is due. */
  look(): void {
    this.#looking.want()
  }

  /** Whether this server delivers. */
  get isDelivering(): boolean {
    return this.#parts.lease.isHeld
  }

  /** Resolves once nothing is delivered any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#looking.stop()
    await Promise.all(this.#underWay.values())
    await this.#parts.lease.end().catch(() => undefined)
  }

  async #look(): Promise<void> {
    const { lease, store, follower, onBegin } = this.#parts
    try {
      const isHeld = await lease.hold()
      if (isHeld && !this.#hasBegun) onBegin()
      this.#hasBegun = isHeld
      const room = isHeld && !this.#isStopped ? mostAtOnce - this.#underWay.size : 0
      const due = room > 0 ? await store.due(follower.id, isoNow(), mostAtOnce + this.#underWay.size) : []
      const next = due.filter(({ row }) => !this.#underWay.has(row._id)).slice(0, room)
      for (const one of next) this.#begin(one)
      this.#isFailing = false
    } catch (error) {
      this.#fail(error)
    }
  }

  #begin(placed: PlacedDelivery): void {
    const id = placed.row._id
    const run = this.#run(placed)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#underWay.delete(id)
        // Others may have waited for its place.
        if (!this.#isStopped && !this.#isFailing) this.look()
      })
    this.#underWay.set(id, run)
  }

  async #run({ workspace_id, row: first }: PlacedDelivery): Promise<void> {
    const { follower, lease, meter } = this.#parts
    if (!isFollowed(follower, workspace_id, first)) return this.#leave(workspace_id, first)
    let row: DeliveryRow | null = first
    for (let n = 0; row && n < mostRunning && lease.isHeld && !this.#isStopped; n++) {
      const outcome = await follower.deliver(workspace_id, row)
      // That this server stops is nobody's failure: the row stays due.
      if (this.#isStopped && 'failed' in outcome) return
      meter?.delivered(follower.id, 'failed' in outcome ? 'failed' : 'delivered')
      row = await this.#settle(workspace_id, row, outcome)
      if (!row || row.due_at === null || row.due_at > isoNow()) return
    }
  }

  /** Should it be followed again, whoever looks for what was not noted finds entries; a missed call is in no stream. */
  async #leave(workspaceId: string, row: DeliveryRow): Promise<void> {
    const { store } = this.#parts
    if (row.event_text === null) await store.settle(workspaceId, row, { ...fresh, due_at: null })
    else await store.remove(workspaceId, row)
  }

  /** Writes down what became of a row; the row as it is then, or null where nothing is left to do for this server. */
  async #settle(workspaceId: string, row: DeliveryRow, tried: Outcome): Promise<DeliveryRow | null> {
    const { store, follower } = this.#parts
    const outcome = 'failed' in tried && isOverdue(row) ? (tried.givenUp ?? tried) : tried
    for (let known: DeliveryRow | null = row; known && isSame(known, row); ) {
      if ('done' in outcome && outcome.done === 'once') {
        if (await store.remove(workspaceId, known)) {
          this.#tell(workspaceId, row, tried, null)
          return null
        }
      } else {
        const settled = await store.settle(workspaceId, known, changeOf(known, outcome, row.noted))
        if (settled) {
          this.#tell(workspaceId, row, tried, settled)
          return settled
        }
      }
      // Somebody has noted more meanwhile, or another server has delivered it.
      known = await store.get(workspaceId, follower.id, row.stream)
    }
    return null
  }

  #tell(workspace: string, before: DeliveryRow, tried: Outcome, settled: DeliveryRow | null): void {
    const { follower, logger, meter } = this.#parts
    const { stream, failing_since } = before
    const problem = 'failed' in tried ? tried.failed.slice(0, mostProblem) : null
    const fields = { webhook: follower.id, workspace, stream, problem }
    const isSettled = settled === null || settled.problem === null
    if (problem === null) {
      if (before.problem !== null) logger.info(fields, 'A webhook takes again what it is sent')
    } else if (isSettled)
      logger.error({ ...fields, failing_since }, 'What a webhook has not taken for a day is given up')
    else if (settled.parked_at !== null) {
      meter?.parked(follower.id)
      logger.error(
        { ...fields, failing_since },
        'A webhook has not taken a stream for a day: the stream is parked until it is resumed',
      )
    } else logger.warn(fields, 'A webhook has not taken what it was sent: it is tried again')
  }

  #fail(error: unknown): void {
    if (!this.#isFailing)
      this.#parts.logger.error(
        { error, webhook: this.#parts.follower.id },
        'What a webhook is to be sent could not be read or settled: it is tried again',
      )
    this.#isFailing = true
  }
}

/** A webhook's options change, and its rows stay. */
function isFollowed(follower: Follower, workspaceId: string, { stream, event_text }: DeliveryRow): boolean {
  return event_text === null ? follower.follows(workspaceId, stream) : follower.hasWorkspace(workspaceId)
}

/** Whether nobody else has delivered it, or has started it anew, since it was read. */
function isSame(now: DeliveryRow, then: DeliveryRow): boolean {
  return now._id === then._id && now.seq === then.seq && now.epoch === then.epoch
}

/** @param noted what had been noted before it was delivered */
function changeOf(row: DeliveryRow, outcome: DoneUpTo | Failed, noted: number): DeliveryChange {
  if ('failed' in outcome) return failedChange(row, outcome)
  const { epoch, seq, due_at, isAll = false } = outcome.done
  const hasMore = row.noted > noted || (seq < row.noted && !isAll)
  return { epoch, seq, due_at: due_at ?? (hasMore ? isoNow() : null), ...fresh }
}

function failedChange(row: DeliveryRow, { failed, retryAfterMs = 0, givenUp }: Failed): DeliveryChange {
  const { failures, failing_since } = row
  const now = dateNow()
  const isParked = givenUp === undefined && isOverdue(row)
  const pauseMs = Math.max(pauseAfter(failures), Math.min(retryAfterMs, longestRetryAfterMs))
  return {
    failures: failures + 1,
    failing_since: failing_since ?? isoAt(now),
    problem: failed.slice(0, mostProblem),
    due_at: isParked ? null : isoAt(now + pauseMs),
    parked_at: isParked ? isoAt(now) : null,
  }
}

/** Whether this failure ends the patience with a row. */
function isOverdue({ failures, failing_since }: DeliveryRow): boolean {
  if (failing_since === null || failures + 1 < fewestTries) return false
  return dateNow() - Date.parse(failing_since) >= patienceMs
}

/** Twice as long after each failure, between half of it and all, so that streams do not come back together. */
function pauseAfter(failures: number): number {
  const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(failures, 20), longestPauseMs)
  return pauseMs * (0.5 + Math.random() / 2)
}
