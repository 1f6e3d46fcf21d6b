import type { Message } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import type { Trace } from '../logger.ts'
import { type StreamKey, type StreamStore, streamId } from '../stores/store.ts'

/** A message that is durable, for the sockets that are subscribed to its stream. */
export interface NewEntry {
  readonly message: Message
  /** The message as JSON, encoded once. */
  readonly text: string
  /** The socket that sent it. */
  readonly sid: string | null
}

/** Sends new entries to the sockets of this node that are subscribed to the stream; answers how many these are. */
export type Broadcast = (key: StreamKey, epoch: string, entries: readonly NewEntry[]) => number

const followedStreams = 50_000

/**
 * Broadcasts every entry on this node once and in order. It reads from the log what this node did not append, or appended
 * without getting the store's answer. Only the stream's queue calls it.
 */
export class Teller {
  readonly #store: StreamStore
  readonly #broadcast: Broadcast
  readonly #trace: Trace | undefined
  /** The last seq of each stream that this node has broadcast. */
  readonly #told = new LRUCache<string, number>({ max: followedStreams })

  constructor(store: StreamStore, broadcast: Broadcast, trace: Trace | undefined) {
    this.#store = store
    this.#broadcast = broadcast
    this.#trace = trace
  }

  /** Begins at the stream's head; called before anybody subscribes to it here. */
  async follow(key: StreamKey): Promise<void> {
    if (!this.follows(key)) this.#told.set(streamId(key), await this.#store.head(key))
  }

  follows(key: StreamKey): boolean {
    return this.#told.has(streamId(key))
  }

  /** Broadcasts those placed entries that this node has not broadcast yet. Answers the last seq of these. */
  async tell(key: StreamKey, epoch: string, placed: readonly NewEntry[]): Promise<number | undefined> {
    const told = this.#told.get(streamId(key)) ?? 0
    // By seq: a cid that came twice in one batch has one entry.
    const bySeq = new Map(placed.map((entry) => [entry.message.seq, entry]))
    const news = [...bySeq.values()].filter(({ message }) => message.seq > told)
    news.sort((a, b) => a.message.seq - b.message.seq)
    const last = news.at(-1)?.message.seq
    if (last === undefined) return undefined
    if (last - told > news.length) {
      await this.catchUp(key, last)
    } else {
      this.#told.set(streamId(key), last)
      this.#send(key, epoch, news, last)
    }
    return last
  }

  /** Broadcasts from the log up to a seq. What cannot be read now is broadcast with the next entry. */
  async catchUp(key: StreamKey, head: number): Promise<void> {
    const id = streamId(key)
    for (let told = this.#told.get(id) ?? head; told < head; told = this.#told.get(id) ?? head) {
      const { epoch, entries } = await this.#store
        .entries(key, told)
        .catch(() => ({ epoch: '', entries: [] }))
      if (entries.length === 0) return
      this.#told.set(id, told + entries.length)
      // `messageOf` made the text from a message.
      const news = entries.map(({ text, sid }) => ({ message: JSON.parse(text) as Message, text, sid }))
      this.#send(key, epoch, news, told + entries.length)
    }
  }

  #send(key: StreamKey, epoch: string, news: readonly NewEntry[], last: number): void {
    const sockets = this.#broadcast(key, epoch, news)
    this.#trace?.(
      { stream: key.stream, from: news[0]?.message.seq, to: last, sockets, workspace: key.workspace_id },
      'broadcast',
    )
  }
}
