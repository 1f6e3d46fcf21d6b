import type { Entry } from '@dowellchat/protocol'
import type { Trace } from '../logger.ts'
import { StoreUnavailableError, type StreamKey, type StreamStore, streamId } from '../stores/store.ts'
import type { StreamEnds } from './stream-ends.ts'

/** A durable entry, for the sockets that are subscribed to its stream. */
export interface NewEntry {
  readonly entry: Entry
  /** The entry as JSON, encoded once. */
  readonly text: string
  /** The socket that sent it. */
  readonly sid: string | null
}

/** Sends new entries to this node's subscribers of the stream; answers how many sockets these are. */
export type Broadcast = (key: StreamKey, epoch: string, entries: readonly NewEntry[]) => number

interface BroadcasterParts {
  readonly store: StreamStore
  readonly broadcast: Broadcast
  readonly ends: StreamEnds
  readonly trace: Trace | undefined
  /** Called where entries cannot be read now. */
  readonly onBehind: () => void
}

/**
 * Broadcasts every entry on this node once and in order. Entries that another node appended, or whose append the store did
 * not answer, are read from the log. Only the stream's queue calls it.
 */
export class Broadcaster {
  readonly #store: StreamStore
  readonly #broadcast: Broadcast
  readonly #trace: Trace | undefined
  readonly #ends: StreamEnds
  readonly #onBehind: () => void

  constructor({ store, broadcast, ends, trace, onBehind }: BroadcasterParts) {
    this.#store = store
    this.#broadcast = broadcast
    this.#ends = ends
    this.#trace = trace
    this.#onBehind = onBehind
  }

  /** Begins at the stream's head. Call it before a socket of this node subscribes to the stream. */
  async follow(key: StreamKey): Promise<void> {
    if (this.follows(key)) return
    const head = await this.#store.head(key)
    // Somebody who joined meanwhile may have begun earlier.
    if (!this.follows(key)) this.#ends.follow(streamId(key), head)
  }

  follows(key: StreamKey): boolean {
    return this.#ends.has(streamId(key))
  }

  /** Broadcasts those of the entries that this node has not broadcast yet; answers the last seq of these. */
  async broadcastNew(
    key: StreamKey,
    epoch: string,
    placed: readonly NewEntry[],
  ): Promise<number | undefined> {
    const id = streamId(key)
    const before = this.#ends.seq(id) ?? 0
    // By seq, because a cid that is twice in one batch has one entry.
    const bySeq = new Map(placed.map((one) => [one.entry.seq, one]))
    const news = [...bySeq.values()].filter(({ entry }) => entry.seq > before)
    news.sort((a, b) => a.entry.seq - b.entry.seq)
    const last = news.at(-1)?.entry
    if (last === undefined) return undefined
    if (last.seq - before > news.length) {
      await this.catchUp(key, last.seq)
    } else {
      this.#ends.advance(id, epoch, last)
      this.#send(key, epoch, news, last.seq)
    }
    return last.seq
  }

  /**
   * Broadcasts what the log has up to a seq, and nothing later; answers whether that was anything. Rejects where it cannot be
   * read: who subscribed now would get later what has been in the answer.
   */
  async level(key: StreamKey, head: number): Promise<boolean> {
    const id = streamId(key)
    const isBehind = this.#ends.isHeard(id) && (this.#ends.seq(id) ?? head) < head
    if (!(await this.#broadcastTo(key, head, head)))
      throw new StoreUnavailableError(`The store is unavailable: ${key.stream} could not be read on`)
    return isBehind
  }

  /**
   * Broadcasts from the log up to a seq, or to its end. Answers false where entries cannot be read now; they are broadcast
   * later.
   */
  catchUp(key: StreamKey, head: number): Promise<boolean> {
    return this.#broadcastTo(key, head, Number.MAX_SAFE_INTEGER)
  }

  /** @param most the last seq that is broadcast though the log goes on */
  async #broadcastTo(key: StreamKey, head: number, most: number): Promise<boolean> {
    const id = streamId(key)
    if (this.#ends.pass(id, head)) return true
    for (let last = this.#ends.seq(id) ?? head; last < head; last = this.#ends.seq(id) ?? head) {
      const read = await this.#store.entries(key, last).catch(() => undefined)
      if (!read) {
        this.#onBehind()
        return false
      }
      // Stores create the text from an entry.
      const entries = read.entries.map(({ text, sid }) => ({ entry: JSON.parse(text) as Entry, text, sid }))
      const wanted = entries.filter(({ entry }) => entry.seq <= most)
      if (wanted.length === 0) return true
      // Whoever reads beside this may have broadcast some of them meanwhile.
      const end = this.#ends.seq(id) ?? last
      const news = wanted.filter(({ entry }) => entry.seq > end)
      const newest = news.at(-1)?.entry
      if (!newest) continue
      this.#ends.advance(id, read.epoch, newest)
      this.#send(key, read.epoch, news, newest.seq)
    }
    return true
  }

  #send(key: StreamKey, epoch: string, news: readonly NewEntry[], last: number): void {
    const sockets = this.#broadcast(key, epoch, news)
    this.#trace?.(
      { stream: key.stream, from: news[0]?.entry.seq, to: last, sockets, workspace: key.workspace_id },
      'broadcast',
    )
  }
}
