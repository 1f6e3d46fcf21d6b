import type { Entry } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import type { Trace } from '../logger.ts'
import { type StreamKey, type StreamStore, streamId } from '../stores/store.ts'

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

const followedStreams = 50_000

/**
 * Broadcasts every entry on this node once and in order. Entries that another node appended, or whose append the store did
 * not answer, are read from the log. Only the stream's queue calls it.
 */
export class Broadcaster {
  readonly #store: StreamStore
  readonly #broadcast: Broadcast
  readonly #trace: Trace | undefined
  /** The last seq of each stream that this node has broadcast. */
  readonly #lastSeqs = new LRUCache<string, number>({ max: followedStreams })

  constructor(store: StreamStore, broadcast: Broadcast, trace: Trace | undefined) {
    this.#store = store
    this.#broadcast = broadcast
    this.#trace = trace
  }

  /** Begins at the stream's head. Call it before a socket of this node subscribes to the stream. */
  async follow(key: StreamKey): Promise<void> {
    if (!this.follows(key)) this.#lastSeqs.set(streamId(key), await this.#store.head(key))
  }

  follows(key: StreamKey): boolean {
    return this.#lastSeqs.has(streamId(key))
  }

  /** Broadcasts those of the entries that this node has not broadcast yet; answers the last seq of these. */
  async broadcastNew(
    key: StreamKey,
    epoch: string,
    placed: readonly NewEntry[],
  ): Promise<number | undefined> {
    const before = this.#lastSeqs.get(streamId(key)) ?? 0
    // By seq, because a cid that is twice in one batch has one entry.
    const bySeq = new Map(placed.map((one) => [one.entry.seq, one]))
    const news = [...bySeq.values()].filter(({ entry }) => entry.seq > before)
    news.sort((a, b) => a.entry.seq - b.entry.seq)
    const last = news.at(-1)?.entry.seq
    if (last === undefined) return undefined
    if (last - before > news.length) {
      await this.catchUp(key, last)
    } else {
      this.#lastSeqs.set(streamId(key), last)
      this.#send(key, epoch, news, last)
    }
    return last
  }

  /** Broadcasts from the log up to a seq. Entries that cannot be read now are broadcast with the next one. */
  async catchUp(key: StreamKey, head: number): Promise<void> {
    const id = streamId(key)
    for (let last = this.#lastSeqs.get(id) ?? head; last < head; last = this.#lastSeqs.get(id) ?? head) {
      const { epoch, entries } = await this.#store
        .entries(key, last)
        .catch(() => ({ epoch: '', entries: [] }))
      if (entries.length === 0) return
      this.#lastSeqs.set(id, last + entries.length)
      // Stores create the text from an entry.
      const news = entries.map(({ text, sid }) => ({ entry: JSON.parse(text) as Entry, text, sid }))
      this.#send(key, epoch, news, last + entries.length)
    }
  }

  #send(key: StreamKey, epoch: string, news: readonly NewEntry[], last: number): void {
    const sockets = this.#broadcast(key, epoch, news)
    this.#trace?.(
      { stream: key.stream, from: news[0]?.entry.seq, to: last, sockets, workspace: key.workspace_id },
      'broadcast',
    )
  }
}
