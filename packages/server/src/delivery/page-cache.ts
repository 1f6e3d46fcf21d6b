import type { Page } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import type { Encoded } from './encoded.ts'

/** A page, and where its stream ended when it was read. */
export interface EndedPage {
  readonly page: Encoded<Page>
  readonly head: number
}

/** What a stream and each of its pages take in memory beside their texts: objects, maps, the cache's own lists. Measured. */
const streamBytes = 600
const pageBytes = 200
/** V8 keeps a text that is not all Latin letters in two bytes a character. */
const characterBytes = 2

/** The newest pages of streams by limit, each until the stream's next append; those that were used last stay. */
export class PageCache {
  readonly #pages: LRUCache<string, Map<number, EndedPage>>

  /** @param maxBytes of everything that it holds */
  constructor(maxBytes: number) {
    this.#pages = new LRUCache({ maxSize: maxBytes, sizeCalculation: bytesOf })
  }

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#pages.calculatedSize
  }

  get(stream: string, limit: number): EndedPage | undefined {
    return this.#pages.get(stream)?.get(limit)
  }

  set(stream: string, limit: number, page: EndedPage): void {
    // Another map, since the cache does not count the same one again.
    const pages = new Map(this.#pages.get(stream))
    this.#pages.set(stream, pages.set(limit, page))
  }

  delete(stream: string): void {
    this.#pages.delete(stream)
  }

  clear(): void {
    this.#pages.clear()
  }
}

function bytesOf(pages: Map<number, EndedPage>, stream: string): number {
  let bytes = streamBytes + stream.length * characterBytes
  for (const { page } of pages.values()) bytes += pageBytes + page.text.length * characterBytes
  return bytes
}
