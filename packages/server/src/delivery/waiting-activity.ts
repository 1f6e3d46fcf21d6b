import { streamOwner } from '@dowellchat/protocol'
import { mostReaders, type NewReader, type ReadMark, type StreamKey, streamId } from '../stores/store.ts'

/** Beyond so many streams, and people of one stream, that wait, such as while the store is gone, they are left out. */
const mostStreams = 10_000
const mostPeople = 1_000

type Mark = { -readonly [K in keyof ReadMark]: ReadMark[K] }

/** What waits of one stream. */
export interface WaitingStream extends StreamKey {
  /** Only rooms are in lists. */
  readonly isRoom: boolean
  /** The time of its last message; null where nothing is to be moved. */
  active_at: string | null
  marks: Map<string, Mark>
  entering: Map<string, NewReader>
}

/** What is to be written of one stream in one call. */
export interface Batch<Change> {
  readonly workspace_id: string
  readonly changes: readonly Change[]
}

/**
 * What messages and joins do to lists and marks and is not written yet, by streams and people. Each message passes here, so it
 * makes one look-up by the stream and one by its author, and changes what it finds.
 */
export class WaitingActivity {
  readonly #streams = new Map<string, WaitingStream>()

  get isEmpty(): boolean {
    return this.#streams.size === 0
  }

  /** What waits of a stream; undefined where too many wait. */
  of(key: StreamKey): WaitingStream | undefined {
    const id = streamId(key)
    const known = this.#streams.get(id)
    if (known || this.#streams.size >= mostStreams) return known
    const { workspace_id, stream } = key
    const isRoom = streamOwner(stream).kind === 'room'
    const made = { workspace_id, stream, isRoom, active_at: null, marks: new Map(), entering: new Map() }
    this.#streams.set(id, made)
    return made
  }

  /** Forgets what waits of some people. */
  forget(key: StreamKey, userIds: readonly string[]): void {
    const waiting = this.#streams.get(streamId(key))
    for (const id of userIds) {
      waiting?.marks.delete(id)
      waiting?.entering.delete(id)
    }
  }

  /** The streams that are to be moved up in lists. */
  active(): WaitingStream[] {
    return [...this.#streams.values()].filter(({ active_at }) => active_at !== null)
  }

  /** Takes all marks. */
  takeMarks(): Batch<ReadMark>[] {
    return this.#take((one) => {
      const marks = one.marks
      one.marks = new Map()
      return marks
    })
  }

  /** Takes all who have come. */
  takeEntering(): Batch<NewReader>[] {
    return this.#take((one) => {
      const entering = one.entering
      one.entering = new Map()
      return entering
    })
  }

  /** Lets marks wait again that could not be written; what is newer by now stays. */
  keepMarks({ workspace_id, changes }: Batch<ReadMark>): void {
    for (const mark of changes) keep(this.of({ workspace_id, stream: mark.stream })?.marks, mark)
  }

  /** As `keepMarks`. */
  keepEntering({ workspace_id, changes }: Batch<NewReader>): void {
    for (const one of changes) keep(this.of({ workspace_id, stream: one.stream })?.entering, one)
  }

  /** Forgets the streams of which nothing waits. */
  tidy(): void {
    for (const [id, { active_at, marks, entering }] of this.#streams)
      if (active_at === null && marks.size === 0 && entering.size === 0) this.#streams.delete(id)
  }

  /** In as few calls of the store as may be, each of one workspace. */
  #take<Change>(changesOf: (one: WaitingStream) => ReadonlyMap<string, Change>): Batch<Change>[] {
    const byWorkspace = new Map<string, Change[]>()
    for (const one of this.#streams.values()) {
      const changes = byWorkspace.get(one.workspace_id) ?? []
      changes.push(...changesOf(one).values())
      byWorkspace.set(one.workspace_id, changes)
    }
    return [...byWorkspace].flatMap(([workspace_id, all]) => {
      const calls = Math.ceil(all.length / mostReaders)
      return Array.from({ length: calls }, (_, n) => ({
        workspace_id,
        changes: all.slice(n * mostReaders, (n + 1) * mostReaders),
      }))
    })
  }
}

/** Notes one of a person's changes, unless there is one. */
export function keep<Change extends { readonly user_ids: readonly string[] }>(
  changes: Map<string, Change> | undefined,
  change: Change,
): void {
  const id = change.user_ids[0] ?? ''
  if (changes && changes.size < mostPeople && !changes.has(id)) changes.set(id, change)
}
