import type { Page, Position } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import {
  type PageRange,
  type StoredPage,
  type StreamKey,
  type StreamStore,
  streamId,
} from '../stores/store.ts'
import type { Broadcaster } from './broadcaster.ts'
import { Encoded } from './encoded.ts'
import { PageCache } from './page-cache.ts'
import type { StreamEnds } from './stream-ends.ts'

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
  readonly broadcaster: Broadcaster
  readonly ends: StreamEnds
  /** Whether other servers may append. */
  readonly isShared: boolean
}

/** The pages with which subscribers begin. The newest ones are kept, encoded, until something is appended. */
export class StreamPages {
  readonly #options: StreamPagesOptions
  readonly #newest = new PageCache(cachedPagesBytes)

  constructor(options: StreamPagesOptions) {
    this.#options = options
  }

  /** Reads a page of a stream that is followed from the page's end on. */
  async open(key: StreamKey, from: PageStart): Promise<Encoded<Page>> {
    const { broadcaster } = this.#options
    for (;;) {
      await broadcaster.follow(key)
      const page = await this.#read(key, from)
      if (broadcaster.follows(key)) return page
      // It was let go of meanwhile: others have needed its place.
    }
  }

  /** Call it when a stream has changed. */
  forget(key: StreamKey): void {
    this.#newest.delete(streamId(key))
  }

  clear(): void {
    this.#newest.clear()
  }

  async #read(key: StreamKey, { position, limit, onMade }: PageStart): Promise<Encoded<Page>> {
    if (position) return this.#readRange(key, { after: position, limit: limit ?? defaultEntries }, onMade)
    const { ends, isShared } = this.#options
    const id = streamId(key)
    const newest = limit ?? defaultMessages
    // What others append to a stream that nobody hears is not looked for.
    if (isShared && !ends.isHeard(id)) this.#newest.delete(id)
    const cached = this.#newest.get(id, newest)
    if (cached) return cached
    const page = await this.#readRange(key, { newest }, onMade)
    this.#newest.set(id, newest, page)
    return page
  }

  /** Reads a page of a stream; opens the stream if it is new. */
  async #readRange(key: StreamKey, range: PageRange, onMade?: () => void): Promise<Encoded<Page>> {
    const { store, broadcaster } = this.#options
    let page = await store.page(key, range)
    if (!page) {
      await store.open(key)
      onMade?.()
      page = await store.page(key, range)
    }
    // Broadcast these first; a new subscriber would otherwise get them twice.
    if (page) await broadcaster.level(key, page.head)
    return expectPage(page, key)
  }
}

export function expectPage(page: StoredPage | null, { stream }: StreamKey): Encoded<Page> {
  if (!page) throw new RequestError('not_found', `${stream} does not exist`)
  return new Encoded(page.text)
}
