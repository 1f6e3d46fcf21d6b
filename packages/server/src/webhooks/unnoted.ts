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
const retryMs = 1_000

/** What is left to look through of what a follower follows in a workspace. */
interface Search {
  readonly follower: Follower
  readonly workspaceId: string
  readonly after: string
}

/**
 * Finds streams that have entries of which no note was left: a server may end between a message and its note. It looks through
 * all streams of a workspace, page by page, so that it costs little at a time.
 */
export class Unnoted {
  readonly #parts: UnnotedParts
  readonly #wanted = new Set<Follower>()
  #running: Promise<void> | undefined
  #isFailing = false
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

  /** What cannot be read holds up nothing else: its search goes on there in the next round. */
  async #run(): Promise<void> {
    let heldUp = new Map<string, Search>()
    do {
      const searches = [...this.#takeWanted(), ...heldUp.values()]
      heldUp = new Map()
      for (const search of searches) {
        const left = await this.#goOn(search)
        // Those that are held up at the same place are one.
        if (left) heldUp.set(`${left.follower.id}\n${left.workspaceId}\n${left.after}`, left)
      }
    } while (!this.#isStopped && heldUp.size + this.#wanted.size > 0)
  }

  #takeWanted(): Search[] {
    const followers = [...this.#wanted]
    this.#wanted.clear()
    return followers.flatMap((follower) =>
      this.#parts
        .workspaces()
        .filter((id) => follower.hasWorkspace(id))
        .map((workspaceId) => ({ follower, workspaceId, after: '' })),
    )
  }

  /** Goes on with a search until its end, or until a page cannot be read; answers what is left then. */
  async #goOn(search: Search): Promise<Search | null> {
    const { follower, workspaceId } = search
    let after: string | null = search.after
    try {
      while (after !== null && !this.#isStopped) {
        after = await this.#lookAtPage(workspaceId, follower, after)
        this.#isFailing = false
        await pause(betweenMs, undefined, { ref: false })
      }
    } catch (error) {
      this.#warn(error, search)
      await pause(retryMs, undefined, { ref: false })
    }
    // There may be so many pages that no look would come to its end, if each began anew.
    return after === null ? null : { follower, workspaceId, after }
  }

  /** Answers after which stream the next page begins; null after the last one. */
  async #lookAtPage(workspaceId: string, follower: Follower, after: string): Promise<string | null> {
    const names = await this.#parts.store.streams.names(workspaceId, after, lookedAtOnce)
    const followed = names.filter((name) => follower.follows(workspaceId, name))
    if (followed.length > 0) await this.#lookAt(workspaceId, follower, followed, after)
    return names.length < lookedAtOnce ? null : (names.at(-1) ?? null)
  }

  #warn(error: unknown, { follower: { id }, workspaceId }: Search): void {
    if (!this.#isFailing)
      this.#parts.logger.warn(
        { error, webhook: id, workspace: workspaceId },
        'Streams could not be searched for what is not delivered: it is tried again',
      )
    this.#isFailing = true
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
