import type { Position } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import {
  type PageRange,
  type StoredPage,
  StoreUnavailableError,
  type StreamKey,
  type StreamStore,
  streamId,
} from '../stores/store.ts'
import type { Broadcaster, NewEntry } from './broadcaster.ts'
import { Encoded } from './encoded.ts'
import { PageCache } from './page-cache.ts'
import type { StreamEnds } from './stream-ends.ts'
import { type EndedPage, tailEntry } from './tail.ts'

export const defaultMessages = 50
export const defaultEntries = 200
const cachedPagesBytes = 32 * 1024 * 1024

/** From where a subscriber reads a stream: a position, or its newest messages. `onMade`: it is a new stream. */
export interface PageStart {
  readonly position?: Position | undefined
  readonly limit?: number | undefined
  readonly onMade?: () => void
}

interface StreamPagesOptions {
  readonly store: StreamStore
  readonly broadcaster: Pick<Broadcaster, 'follow'>
  /** Broadcasts what the log has up to a seq. */
  readonly level: (key: StreamKey, head: number) => Promise<void>
  readonly ends: StreamEnds
  /** Whether other servers may append. */
  readonly isShared: boolean
}

/**
 * The pages with which subscribers begin. They are kept, encoded, until something is appended; on a store that servers share they
 * go on with messages.
 */
export class StreamPages {
  readonly #options: StreamPagesOptions
  readonly #kept = new PageCache(cachedPagesBytes)
  /** What is being read. Nothing is appended here meanwhile, so that whoever asks for the same shares it. */
  readonly #reading = new Map<string, Promise<EndedPage>>()

  constructor(options: StreamPagesOptions) {
    this.#options = options
  }

  /**
   * Reads a page of a stream, and follows the stream from the page's end on. By the time it is used, more may have been
   * broadcast for others, or the stream let go of.
   */
  open(key: StreamKey, { position, limit, onMade }: PageStart): Promise<EndedPage> {
    const range: PageRange = position
      ? { after: position, limit: limit ?? defaultEntries }
      : { newest: limit ?? defaultMessages }
    const about = `${streamId(key)}\n${JSON.stringify(range)}`
    const underWay = this.#reading.get(about)
    if (underWay) return underWay
    const reading = this.#read(key, range, onMade).finally(() => this.#reading.delete(about))
    this.#reading.set(about, reading)
    return reading
  }

  /** Call it with everything that is broadcast of a stream. */
  extend(key: StreamKey, epoch: string, appended: readonly NewEntry[]): void {
    if (this.#options.isShared) {
      const entries = appended.map(({ entry, text }) => tailEntry(entry, text))
      this.#kept.extend(streamId(key), epoch, entries)
    } else {
      // A data folder reads a page as fast as one is made here.
      this.forget(key)
    }
  }

  /** Call it when something of a stream may have changed that is not broadcast. */
  forget(key: StreamKey): void {
    this.#kept.delete(streamId(key))
  }

  clear(): void {
    this.#kept.clear()
  }

  async #read(key: StreamKey, range: PageRange, onMade: PageStart['onMade']): Promise<EndedPage> {
    const { broadcaster, ends, isShared } = this.#options
    await broadcaster.follow(key)
    const id = streamId(key)
    // What others append to a stream that nobody hears is not looked for.
    if (isShared && !ends.isHeard(id)) this.#kept.delete(id)
    const kept = this.#kept.get(id, range)
    // Also what others have appended since may have been broadcast.
    if (kept && kept.head >= (ends.seq(id) ?? 0)) return kept
    const page = await this.#readRange(key, range, onMade)
    this.#kept.set(id, range, page)
    return page
  }

  /** Reads a page of a stream; opens the stream if it is new. */
  async #readRange(key: StreamKey, range: PageRange, onMade?: () => void): Promise<EndedPage> {
    const { store, level, ends } = this.#options
    const id = streamId(key)
    const end = ends.seq(id) ?? 0
    let page = await store.page(key, range)
    if (!page) {
      await store.open(key)
      onMade?.()
      page = await store.page(key, range)
    }
    const read = expectPage(page, key)
    // It is not the log that was broadcast: its subscribers would never get what is appended until it is as long again.
    if (read.head < end && !ends.letGo(id))
      throw new StoreUnavailableError(`The store is unavailable: ${key.stream} has become shorter`)
    // Broadcast these first; a new subscriber would otherwise get them twice.
    await level(key, read.head)
    return read
  }
}

export function expectPage(page: StoredPage | null, { stream }: StreamKey): EndedPage {
  if (!page) throw new RequestError('not_found', `${stream} does not exist`)
  return { page: new Encoded(page.text), head: page.head }
}
