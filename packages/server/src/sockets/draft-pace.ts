import { streamId } from '../stores/store.ts'
import type { HeldDraft } from './held-draft.ts'

/** Readers of a stream are told at most so often. */
const everyMs = 100

interface Pace {
  /** Drafts of which there is something to tell, the one that has waited longest first. */
  readonly due: Set<HeldDraft>
  timer: NodeJS.Timeout
}

/** Tells at most ten times a second what is new of all drafts of a stream; what is written meanwhile goes together. */
export class DraftPace {
  readonly #tell: (draft: HeldDraft) => void
  readonly #streams = new Map<string, Pace>()

  constructor(tell: (draft: HeldDraft) => void) {
    this.#tell = tell
  }

  /** There is something to tell of a draft. */
  note(draft: HeldDraft): void {
    const id = streamId(draft.key)
    const known = this.#streams.get(id)
    if (known) {
      known.due.add(draft)
      return
    }
    this.#tell(draft)
    this.#streams.set(id, { due: new Set(), timer: this.#later(id) })
  }

  /** The draft is over. */
  forget(draft: HeldDraft): void {
    this.#streams.get(streamId(draft.key))?.due.delete(draft)
  }

  stop(): void {
    for (const { timer } of this.#streams.values()) clearTimeout(timer)
    this.#streams.clear()
  }

  #later(id: string): NodeJS.Timeout {
    return setTimeout(() => this.#next(id), everyMs).unref()
  }

  #next(id: string): void {
    const pace = this.#streams.get(id)
    const [draft] = pace?.due ?? []
    if (!pace || !draft) {
      this.#streams.delete(id)
      return
    }
    pace.due.delete(draft)
    this.#tell(draft)
    pace.timer = this.#later(id)
  }
}
