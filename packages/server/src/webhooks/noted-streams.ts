import { countedCache } from '../counted-cache.ts'
import type { Logger } from '../logger.ts'
import { Paced } from '../queues/paced.ts'
import { type DeliveryNote, type DeliveryStore, mostNotes, type StreamKey } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import { type Follower, isoAt } from './follower.ts'

interface NotedParts {
  readonly store: Pick<DeliveryStore, 'note'>
  readonly followers: readonly Follower[]
  /** Since when a follower follows a workspace. */
  readonly sinceOf: (follower: Follower, workspaceId: string) => string
  readonly onNoted: () => void
  /** Called where more has been said than can be noted. */
  readonly onMissed: () => void
  readonly logger: Logger
}

const writeMs = 1_000
/** Beyond so many notes that wait, such as while the store is gone, they are looked for later. */
const mostWaiting = 50_000
const keptLate = 50_000

/** Notes in the store, behind the messages, which streams there is something to deliver of: at most once a second. */
export class NotedStreams {
  readonly #parts: NotedParts
  /** By workspace, and by consumer and stream. */
  readonly #waiting = new Map<string, Map<string, DeliveryNote>>()
  /** Until when what is said of a stream needs no note, since an earlier one leads to it. */
  readonly #covered = countedCache<string, number>(keptLate)
  readonly #writing: Paced
  #count = 0
  #isFailing = false

  constructor(parts: NotedParts) {
    this.#parts = parts
    this.#writing = new Paced(writeMs, () => this.#write())
  }

  /** A stream has got entries, up to a seq. */
  grew({ workspace_id, stream }: StreamKey, head: number): void {
    for (const follower of this.#parts.followers) {
      if (!follower.follows(workspace_id, stream) || this.#isCovered(follower, workspace_id, stream)) continue
      const { id: consumer, delayMs } = follower
      const since = this.#parts.sinceOf(follower, workspace_id)
      this.add(workspace_id, { consumer, stream, since, head, due_at: isoAt(dateNow() + delayMs) })
    }
  }

  add(workspaceId: string, note: DeliveryNote): void {
    const notes = this.#waiting.get(workspaceId) ?? new Map<string, DeliveryNote>()
    this.#waiting.set(workspaceId, notes)
    const name = `${note.consumer}\n${note.stream}`
    const known = notes.get(name)
    if (known && known.head >= note.head) return
    if (!known && this.#count >= mostWaiting) {
      this.#parts.onMissed()
      return
    }
    if (!known) this.#count += 1
    notes.set(name, known ? { ...note, due_at: known.due_at } : note)
    this.#writing.want()
  }

  /** Writes what waits; resolves once it is written, or cannot be. */
  async stop(): Promise<void> {
    await this.#writing.stop()
    await this.#write()
  }

  /**
   * A stream that is looked at some time after an entry is looked at until its last entry is so old: what comes in the first half
   * of that time is seen then.
   */
  #isCovered({ id, delayMs }: Follower, workspaceId: string, stream: string): boolean {
    if (delayMs === 0) return false
    const name = `${id}\n${workspaceId}\n${stream}`
    const now = dateNow()
    if ((this.#covered.get(name) ?? 0) > now) return true
    this.#covered.set(name, now + delayMs / 2)
    return false
  }

  async #write(): Promise<void> {
    const waiting = [...this.#waiting].map(([id, notes]) => [id, [...notes.values()]] as const)
    this.#waiting.clear()
    this.#count = 0
    for (const [workspaceId, notes] of waiting)
      for (let at = 0; at < notes.length; at += mostNotes)
        await this.#writeSome(workspaceId, notes.slice(at, at + mostNotes))
    if (waiting.length > 0 && !this.#isFailing) this.#parts.onNoted()
  }

  async #writeSome(workspaceId: string, notes: readonly DeliveryNote[]): Promise<void> {
    try {
      await this.#parts.store.note(workspaceId, notes)
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#parts.logger.warn({ error }, 'Webhook deliveries could not be queued')
      this.#isFailing = true
      for (const note of notes) this.add(workspaceId, note)
    }
  }
}
