import { LRUCache } from 'lru-cache'
import type { PageRange } from '../stores/store.ts'
import { charactersOf, type EndedPage, Tail, type TailEntry } from './tail.ts'

/** A page, and what was asked for. */
interface AskedPage extends EndedPage {
  readonly range: PageRange
}

/** What was appended after a page. */
interface Growth {
  readonly page: AskedPage
  readonly epoch: string
  readonly appended: TailEntry[]
  readonly characters: number
}

/** What is kept of one stream. */
interface Kept {
  /** Where the stream ends, as far as it is known here. */
  readonly head: number
  /** Pages of that end, by what was asked for. */
  readonly pages: ReadonlyMap<string, AskedPage>
  /** Where something was appended since the store was read: its newest entries, or, until somebody asks for them, what they are made of. */
  readonly tail?: Tail | undefined
  readonly growth?: Growth | undefined
  /** When the store was read, on the clock of `performance.now()`. */
  readonly readMs: number
}

/** What a stream, each page and each entry take in memory beside their texts: objects, maps, the cache's own lists. Measured. */
const streamBytes = 600
const pageBytes = 200
const entryBytes = 150
/** Of one stream. After a deploy most of those who come back ask for the same. */
const mostPages = 8
/** How many entries wait for somebody to ask for a page of them. */
const mostWaiting = 200
/** V8 keeps a text that is not all Latin letters in two bytes a character. */
const characterBytes = 2
/** For how long pages go on with what is appended, until the store is read again: other servers may have removed what is old. */
const goesOnMs = 30_000

/**
 * Pages of the ends of streams, by what was asked for; those of the streams that were used last stay. They go on with the
 * messages that are appended, so that whoever joins a busy room costs the store no more than in a quiet one.
 */
export class PageCache {
  readonly #streams: LRUCache<string, Kept>

  /** @param maxBytes of everything that it holds */
  constructor(maxBytes: number) {
    this.#streams = new LRUCache({ maxSize: maxBytes, sizeCalculation: bytesOf })
  }

  /** The bytes that it holds. */
  get bytes(): number {
    return this.#streams.calculatedSize
  }

  get(stream: string, range: PageRange): EndedPage | undefined {
    const kept = this.#streams.get(stream)
    return kept && (kept.pages.get(JSON.stringify(range)) ?? this.#made(stream, kept, range))
  }

  /** Keeps a page that was read from the store. */
  set(stream: string, range: PageRange, page: EndedPage): void {
    const { head } = page
    const kept = this.#streams.get(stream)
    const pages = withPage(kept?.head === head ? kept.pages : undefined, { ...page, range })
    this.#streams.set(stream, { head, pages, readMs: performance.now() })
  }

  /** Call it with everything that is appended to a stream, in its order. */
  extend(stream: string, epoch: string, appended: readonly TailEntry[]): void {
    const kept = this.#streams.get(stream)
    const last = appended.at(-1)?.seq
    if (!kept || last === undefined || last <= kept.head) return
    const extended = isOld(kept) ? undefined : extendedBy(kept, epoch, appended)
    if (extended)
      this.#streams.set(stream, { ...extended, head: last, pages: new Map(), readMs: kept.readMs })
    else this.delete(stream)
  }

  delete(stream: string): void {
    this.#streams.delete(stream)
  }

  clear(): void {
    this.#streams.clear()
  }

  /** A page of what is kept and what was appended since. */
  #made(stream: string, kept: Kept, range: PageRange): EndedPage | undefined {
    const { head, pages, growth, readMs } = kept
    if (isOld(kept)) return undefined
    const tail = kept.tail ?? (growth && grown(growth))
    const page = tail?.page(range)
    if (page) this.#streams.set(stream, { head, pages: withPage(pages, { ...page, range }), tail, readMs })
    return page
  }
}

/** Whether its pages may not go on. */
function isOld({ readMs }: Kept): boolean {
  return performance.now() - readMs > goesOnMs
}

function withPage(others: Kept['pages'] | undefined, page: AskedPage): Kept['pages'] {
  // Another map, since the cache does not count the same one again.
  const pages = new Map(others)
  pages.set(JSON.stringify(page.range), page)
  const [oldest] = pages.keys()
  if (pages.size > mostPages && oldest !== undefined) pages.delete(oldest)
  return pages
}

/** Undefined where the pages cannot go on with it. */
function extendedBy(
  { head, pages, tail, growth }: Kept,
  epoch: string,
  appended: readonly TailEntry[],
): Pick<Kept, 'tail' | 'growth'> | undefined {
  if (tail) return tail.extend(epoch, appended) ? { tail } : undefined
  const follows = appended.every(({ isMessage, seq }, at) => isMessage && seq === head + 1 + at)
  const page = growth?.page ?? longest([...pages.values()])
  if (!follows || !page || (growth && growth.epoch !== epoch)) return undefined
  const all = growth?.appended ?? []
  if (all.length + appended.length > mostWaiting) return undefined
  all.push(...appended)
  const characters = (growth?.characters ?? 0) + charactersOf(appended)
  return { growth: { page, epoch, appended: all, characters } }
}

/** The one with the most entries, of those of the newest messages if there are any: others may end before their stream. */
function longest(pages: readonly AskedPage[]): AskedPage | undefined {
  const newest = pages.filter(({ range }) => 'newest' in range)
  const [first] = (newest.length > 0 ? newest : pages).toSorted(
    (a, b) => b.page.text.length - a.page.text.length,
  )
  return first
}

/** Undefined where the page ends before its stream, or is no page: then the store is read again. */
function grown({ page: { page, range }, epoch, appended }: Growth): Tail | undefined {
  try {
    const tail = Tail.of(page.value, range)
    return tail?.extend(epoch, appended) ? tail : undefined
  } catch {
    return undefined
  }
}

function bytesOf({ pages, tail, growth }: Kept, stream: string): number {
  const texts = [...pages].map(([asked, { page }]) => asked.length + page.text.length)
  const { entries, characters } = tail?.size ?? {
    entries: growth?.appended.length ?? 0,
    characters: growth ? growth.characters + growth.page.page.text.length : 0,
  }
  const all = texts.reduce((sum, length) => sum + length, stream.length + characters)
  return streamBytes + pageBytes * pages.size + entryBytes * entries + all * characterBytes
}
