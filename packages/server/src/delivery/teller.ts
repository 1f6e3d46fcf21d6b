import type { Message } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { type StreamKey, type StreamStore, streamId } from '../stores/store.ts'

/** A message that is durable and has to be told to those who hear its stream. */
export interface NewEntry {
  readonly message: Message
  /** The message as JSON, made once. */
  readonly text: string
  /** The socket that sent it. */
  readonly sid: string | null
}

/** Sends new entries to the sockets of this node that hear the stream. */
export type Broadcast = (key: StreamKey, epoch: string, entries: readonly NewEntry[]) => void

const followedStreams = 50_000

/**
 * Tells the sockets of this node of every entry once and in order. What it has not told yet, because another node
 * appended it or the store lost the answer, it reads from the log. Called from the stream's queue alone.
 */
export class Teller {
  readonly #store: StreamStore
  readonly #broadcast: Broadcast
  /** How far this node has told of a stream. */
  readonly #told = new LRUCache<string, number>({ max: followedStreams })

  constructor(store: StreamStore, broadcast: Broadcast) {
    this.#store = store
    this.#broadcast = broadcast
  }

  /** Begins to tell of a stream, before anybody hears of it here. */
  async follow(key: StreamKey): Promise<void> {
    if (!this.follows(key)) this.#told.set(streamId(key), await this.#store.head(key))
  }

  follows(key: StreamKey): boolean {
    return this.#told.has(streamId(key))
  }

  /** Tells of what stands in the stream now, as far as it is news. Answers the last seq of the news. */
  async tell(key: StreamKey, epoch: string, placed: readonly NewEntry[]): Promise<number | undefined> {
    const told = this.#told.get(streamId(key)) ?? 0
    // By seq: a cid that came twice in one batch stands there once.
    const bySeq = new Map(placed.map((entry) => [entry.message.seq, entry]))
    const news = [...bySeq.values()].filter(({ message }) => message.seq > told)
    news.sort((a, b) => a.message.seq - b.message.seq)
    const last = news.at(-1)?.message.seq
    if (last === undefined) return undefined
    if (last - told > news.length) {
      await this.catchUp(key, last)
    } else {
      this.#told.set(streamId(key), last)
      this.#broadcast(key, epoch, news)
    }
    return last
  }

  /** Tells from the log up to a seq. What cannot be read now is told with the next entry. */
  async catchUp(key: StreamKey, head: number): Promise<void> {
    const id = streamId(key)
    for (let told = this.#told.get(id) ?? head; told < head; told = this.#told.get(id) ?? head) {
      const { epoch, entries } = await this.#store
        .entries(key, told)
        .catch(() => ({ epoch: '', entries: [] }))
      if (entries.length === 0) return
      this.#told.set(id, told + entries.length)
      // The text is a message's, made by `messageOf`.
      const news = entries.map(({ text, sid }) => ({ message: JSON.parse(text) as Message, text, sid }))
      this.#broadcast(key, epoch, news)
    }
  }
}
