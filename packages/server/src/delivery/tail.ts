import { type Entry, limits, type Page, type Position } from '@dowellchat/protocol'
import { fitting, pageText } from '../stores/page-text.ts'
import type { PageRange } from '../stores/store.ts'
import { Encoded } from './encoded.ts'

/** A page, and where its stream ended when it was read. */
export interface EndedPage {
  readonly page: Encoded<Page>
  readonly head: number
}

/** What a tail keeps of an entry. */
export interface TailEntry {
  readonly seq: number
  readonly nth: number
  readonly id: string
  readonly isMessage: boolean
  readonly text: string
}

/** What stays where it has grown to twice as much. */
const keptEntries = 200
const keptCharacters = limits.page_bytes

/**
 * The newest entries of a stream. The pages that are made of them are those that the store would read, until something else than
 * a message is appended, which may change messages that are here.
 */
export class Tail {
  readonly #stream: string
  readonly #epoch: string
  readonly #firstSeq: number
  #head: Page['head']
  #entries: TailEntry[]
  #characters: number
  /** From which seq on it has all messages, and from which on all entries. */
  #low: number
  #wholeFrom: number

  private constructor({ stream, epoch, first_seq, head, entries }: Page, low: number) {
    this.#stream = stream
    this.#epoch = epoch
    this.#firstSeq = first_seq
    this.#head = head
    this.#entries = entries.map((entry) => tailEntry(entry, JSON.stringify(entry)))
    this.#characters = charactersOf(this.#entries)
    this.#low = low
    this.#wholeFrom = head.seq + 1
    for (const { seq } of entries.toReversed()) if (seq === this.#wholeFrom - 1) this.#wholeFrom = seq
  }

  /** Undefined where the page ends before its stream. @param range what was asked for */
  static of(page: Page, range: PageRange): Tail | undefined {
    const { entries, head, first_seq, more } = page
    const first = entries[0]?.seq ?? head.seq + 1
    if ('newest' in range || page.reset) return new Tail(page, more ? first : first_seq)
    return more ? undefined : new Tail(page, first)
  }

  /** How many entries it has, and how long their texts are. */
  get size(): { readonly entries: number; readonly characters: number } {
    return { entries: this.#entries.length, characters: this.#characters }
  }

  /** Adds what was appended; answers false where the pages cannot go on with it. */
  extend(epoch: string, appended: readonly TailEntry[]): boolean {
    for (const one of appended) {
      const { isMessage, seq, nth, id, text } = one
      if (!isMessage || epoch !== this.#epoch || seq !== this.#head.seq + 1) return false
      this.#entries.push(one)
      this.#characters += text.length
      this.#head = { seq, nth, id }
    }
    if (this.#entries.length > 2 * keptEntries || this.#characters > 2 * keptCharacters) this.#cut()
    return true
  }

  /** Undefined where the page needs more than what is here. */
  page(range: PageRange): EndedPage | undefined {
    if ('newest' in range) return this.#newest(range.newest)
    return 'after' in range ? this.#after(range.after, range.limit) : undefined
  }

  #newest(limit: number): EndedPage | undefined {
    const most = Math.min(limit, limits.page_entries)
    const messages = this.#entries.filter(({ isMessage }) => isMessage)
    if (messages.length < most && this.#low > this.#firstSeq) return undefined
    const taken = fittingOf(messages.slice(-most).reverse()).reverse()
    const low = taken.length === messages.length ? this.#low : (taken[0]?.seq ?? this.#head.seq + 1)
    return this.#pageOf(taken, low > this.#firstSeq)
  }

  #after({ epoch, seq, id }: Position, limit: number): EndedPage | undefined {
    const at = this.#entries.findLastIndex((one) => one.seq === seq)
    const known = seq === this.#head.seq ? this.#head.id : this.#entries[at]?.id
    if (epoch !== this.#epoch || known === undefined || known !== id) return undefined
    if (seq < Math.min(this.#wholeFrom, this.#head.seq)) return undefined
    const most = Math.min(limit, limits.page_entries)
    const taken = fittingOf(this.#entries.filter((one) => one.seq > seq).slice(0, most))
    return this.#pageOf(taken, (taken.at(-1)?.seq ?? seq) < this.#head.seq)
  }

  #pageOf(taken: readonly TailEntry[], more: boolean): EndedPage {
    const text = pageText({
      stream: this.#stream,
      epoch: this.#epoch,
      head: this.#head,
      first_seq: this.#firstSeq,
      entries: taken.map(({ text }) => text).join(),
      more,
    })
    return { page: new Encoded(text), head: this.#head.seq }
  }

  #cut(): void {
    const fits = fitting(keptCharacters)
    const newest = this.#entries.slice(-keptEntries).reverse()
    this.#entries = newest.filter(({ text }) => fits(text.length)).reverse()
    this.#characters = charactersOf(this.#entries)
    this.#low = this.#entries[0]?.seq ?? this.#head.seq + 1
  }
}

/** @param text the entry's JSON */
export function tailEntry({ seq, nth, _id: id, type }: Entry, text: string): TailEntry {
  return { seq, nth, id, isMessage: type === 'message', text }
}

/** Those, from the first on, that fit a page together. */
function fittingOf(entries: readonly TailEntry[]): TailEntry[] {
  const fits = fitting(limits.page_bytes)
  return entries.filter(({ text }) => fits(Buffer.byteLength(text)))
}

/** How long their texts are together. */
export function charactersOf(entries: readonly TailEntry[]): number {
  return entries.reduce((sum, { text }) => sum + text.length, 0)
}
