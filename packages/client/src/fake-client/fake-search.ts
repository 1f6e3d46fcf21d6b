import { type PayloadOf, roomStream, ticketStream } from '@dowellchat/protocol'
import type { DataOf, Message, SearchHit } from '../entities.ts'
import type { FakeStreams } from './fake-streams.ts'

const usualLimit = 50

/** Finds messages by the beginnings of their words, as a server does whose texts are in plain languages. */
export function fakeSearch({ streams }: { readonly streams: FakeStreams }) {
  return {
    search({ text, before, limit = usualLimit, ...where }: PayloadOf<'search'>): DataOf<'search'> {
      const words = wordsOf(text).map(({ word }) => word)
      const found = streams
        .all()
        .filter((message) => fits(message, where))
        .flatMap((message) => hitOf(message, words) ?? [])
        .sort((a, b) => compare(b.message, a.message))
      const from = before === undefined ? 0 : found.findIndex(({ message }) => message._id === before) + 1
      const hits = found.slice(from, from + limit)
      const more = found.length > from + limit
      return { hits, more, before: more ? (hits.at(-1)?.message._id ?? null) : null, indexed_until: null }
    },
  }
}

function fits(
  { stream, author, kind }: Message,
  { rooms, tickets, from }: Omit<PayloadOf<'search'>, 'text'>,
): boolean {
  const streams = [...(rooms ?? []).map(roomStream), ...(tickets ?? []).map(ticketStream)]
  const isThere = streams.length === 0 || streams.includes(stream)
  return kind !== 'removed' && isThere && (from === undefined || author === from)
}

/** The message, where it has all of the words. */
function hitOf(message: Message, words: readonly string[]): SearchHit | undefined {
  const excerpt = message.message_data.slice(0, 200)
  const its = wordsOf(excerpt)
  const found = words.map((word) => its.filter((one) => one.word.startsWith(word)))
  if (found.length === 0 || found.some((places) => places.length === 0)) return undefined
  const places = [...new Set(found.flat())].sort((a, b) => a.start - b.start)
  return { message, excerpt, matches: places.map(({ start, end }) => ({ start, end })) }
}

function wordsOf(text: string) {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    word: word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
    start: index,
    end: index + word.length,
  }))
}

function compare(a: Message, b: Message): number {
  return a.created_at === b.created_at ? a.seq - b.seq : a.created_at < b.created_at ? -1 : 1
}
