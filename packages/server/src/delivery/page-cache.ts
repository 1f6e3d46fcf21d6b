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
/** Of one stream. After a deploy most of those who come back ask for the same. */
const mostPages = 8
/** V8 keeps a text that is not all Latin letters in two bytes a character. */
const characterBytes = 2

/** Pages of streams by what was asked for, each until the stream's next append; those of the streams that were used last stay. */
export class PageCache {
  readonly #pages: LRUCache<string, Map<string, EndedPage>>

  /** @param maxBytes of everything that it holds */
  constructor(maxBytes: number) {
    this.#pages = new LRUCache({ maxSize: maxBytes, sizeCalculation: bytesOf })
  }

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#pages.calculatedSize
  }

  get(stream: string, range: string): EndedPage | undefined {
    return this.#pages.get(stream)?.get(range)
  }

  set(stream: string, range: string, page: EndedPage): void {
    // Another map, since the cache does not count the same one again.
    const pages = new Map(this.#pages.get(stream))
    pages.set(range, page)
    const [oldest] = pages.keys()
    if (pages.size > mostPages && oldest !== undefined) pages.delete(oldest)
    this.#pages.set(stream, pages)
  }

  delete(stream: string): void {
    this.#pages.delete(stream)
  }

  clear(): void {
    this.#pages.clear()
  }
}

function bytesOf(pages: Map<string, EndedPage>, stream: string): number {
  let bytes = streamBytes + stream.length * characterBytes
  for (const [range, { page }] of pages)
    bytes += pageBytes + (range.length + page.text.length) * characterBytes
  return bytes
}
