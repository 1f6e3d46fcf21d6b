import { type StreamKey, streamId } from '../stores/store.ts'
import type { StreamEnds } from './stream-ends.ts'

interface Wanted {
  head: number
  readonly done: Promise<void>
}

/**
 * Streams of which another server says that they go on. Of all that is said of a stream until its turn comes, the highest
 * counts, and costs one look into the log: there is no entry to show for one that was wrong.
 */
export class HintedHeads {
  readonly #ends: StreamEnds
  readonly #inTurn: (key: StreamKey, step: () => Promise<void>) => Promise<void>
  readonly #catchUp: (key: StreamKey, head: number) => Promise<void>
  readonly #wanted = new Map<string, Wanted>()

  constructor(
    ends: StreamEnds,
    inTurn: (key: StreamKey, step: () => Promise<void>) => Promise<void>,
    catchUp: (key: StreamKey, head: number) => Promise<void>,
  ) {
    this.#ends = ends
    this.#inTurn = inTurn
    this.#catchUp = catchUp
  }

  /** Notes a head, which matters only if this server follows the stream; resolves when it was looked for. */
  add(key: StreamKey, head: number): Promise<void> {
    const id = streamId(key)
    const end = this.#ends.seq(id)
    if (end === undefined || head <= end) return Promise.resolve()
    const wanted = this.#wanted.get(id)
    if (wanted) {
      wanted.head = Math.max(wanted.head, head)
      return wanted.done
    }
    const done = this.#inTurn(key, async () => {
      const { head: highest = 0 } = this.#wanted.get(id) ?? {}
      this.#wanted.delete(id)
      await this.#catchUp(key, highest)
    })
    this.#wanted.set(id, { head, done })
    return done
  }
}
