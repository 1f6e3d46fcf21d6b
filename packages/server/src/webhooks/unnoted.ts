import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import type { DeliveryRow, Store, StreamEnd } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import { type Follower, isoAt } from './follower.ts'
import type { NotedStreams } from './noted-streams.ts'

interface UnnotedParts {
  readonly store: Pick<Store, 'streams' | 'deliveries'>
  readonly noted: Pick<NotedStreams, 'add'>
  readonly workspaces: () => readonly string[]
  readonly sinceOf: (follower: Follower, workspaceId: string) => string
  readonly logger: Logger
}

const lookedAtOnce = 100
const betweenMs = 20

/**
 * Finds streams that have entries of which no note was left: a server may end between a message and its note. It looks through
 * all streams of a workspace, page by page, so that it costs little at a time.
 */
export class Unnoted {
  readonly #parts: UnnotedParts
  readonly #wanted = new Set<Follower>()
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(parts: UnnotedParts) {
    this.#parts = parts
  }

  /** Looks through everything that a follower follows, once more if that is going on. */
  look(follower: Follower): void {
    this.#wanted.add(follower)
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  async #run(): Promise<void> {
    for (const follower of this.#wanted) {
      this.#wanted.delete(follower)
      try {
        for (const id of this.#parts.workspaces())
          if (follower.hasWorkspace(id)) await this.#lookIn(id, follower)
      } catch (error) {
        // The next look begins from the start.
        this.#parts.logger.warn(
          { error, webhook: follower.id },
          'Streams could not be searched for what is not delivered',
        )
      }
    }
  }

  async #lookIn(workspaceId: string, follower: Follower): Promise<void> {
    const { streams } = this.#parts.store
    for (let after: string | undefined = ''; after !== undefined && !this.#isStopped; ) {
      const names: string[] = await streams.names(workspaceId, after, lookedAtOnce)
      const followed = names.filter((name) => follower.follows(workspaceId, name))
      if (followed.length > 0) await this.#lookAt(workspaceId, follower, followed, after)
      after = names.length < lookedAtOnce ? undefined : names.at(-1)
      await pause(betweenMs, undefined, { ref: false })
    }
  }

  async #lookAt(
    workspaceId: string,
    follower: Follower,
    names: readonly string[],
    after: string,
  ): Promise<void> {
    const { store, noted, sinceOf } = this.#parts
    const { id: consumer, delayMs } = follower
    const since = sinceOf(follower, workspaceId)
    const [ends, rows] = await Promise.all([
      store.streams.ends(names.map((stream) => ({ workspace_id: workspaceId, stream }))),
      store.deliveries.list(workspaceId, { consumer, after, limit: lookedAtOnce }),
    ])
    const known = new Map(rows.map((row) => [row.stream, row]))
    for (const [at, stream] of names.entries()) {
      const end = ends[at]
      if (!end || end.head.seq === 0 || madeAt(end) < Date.parse(since)) continue
      const row = known.get(stream)
      if (row && isKnown(row, end)) continue
      noted.add(workspaceId, {
        consumer,
        stream,
        since,
        head: end.head.seq,
        due_at: isoAt(dateNow() + delayMs),
      })
    }
  }
}

function isKnown(
  { seq, epoch, noted, due_at, parked_at }: DeliveryRow,
  { head, epoch: now }: StreamEnd,
): boolean {
  if (due_at !== null || parked_at !== null) return noted >= head.seq
  return seq !== null && seq >= head.seq && epoch === now
}

/** The time in an id of version 7, which entries have. */
function madeAt({ head }: StreamEnd): number {
  return Number.parseInt((head.id ?? '').replaceAll('-', '').slice(0, 12), 16) || 0
}
