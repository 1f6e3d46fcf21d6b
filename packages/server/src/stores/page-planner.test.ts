import { limits, type Page, type Position, type ResetReason } from '@dowellchat/protocol'
import { describe, expect, it } from 'vitest'
import type { Log } from './log.ts'
import {
  planMessages,
  planPage,
  type Reading,
  readingAfter,
  readingRest,
  type Texts,
  textOfPage,
} from './page-planner.ts'
import { type Place, runPlanner } from './places.ts'
import type { PageRange } from './store.ts'

interface TestEntry extends Place {
  readonly seq: number
  readonly isMessage: boolean
  readonly text: string
}

/** A log with all entries that it ever had; those up to `log.pruned` are removed. */
interface Filled {
  readonly log: Log
  readonly all: readonly TestEntry[]
  readonly kept: readonly TestEntry[]
}

/** A log by its entries' kinds: `m` is a message, `-` an entry that is none. */
function logOf(kinds: string, { pruned = 0, bytes = [] as readonly number[] } = {}): Filled {
  let nth = 0
  const all = Array.from(kinds, (kind, index) => {
    if (kind === 'm') nth += 1
    const text = JSON.stringify({ seq: index + 1, pad: '' })
    const pad = 'x'.repeat(Math.max((bytes[index] ?? 0) - text.length, 0))
    const isMessage = kind === 'm'
    return { seq: index + 1, nth, isMessage, id: `id ${index + 1}`, text: text.replace('""', `"${pad}"`) }
  })
  const headAt = (seq: number) => {
    const entry = all[seq - 1]
    return { seq, nth: entry?.nth ?? 0, id: entry?.id ?? null }
  }
  const key = { workspace_id: 'acme', stream: 'room:r' }
  const log = { key, epoch: 'now', head: headAt(all.length), pruned: headAt(pruned) }
  return { log, all, kept: all.slice(pruned) }
}

/** Leaves out entries at the loose end, one by one, until the others fit. */
function cut(
  entries: readonly TestEntry[],
  loose: Reading['loose'],
  max: { entries: number; bytes: number; least: number },
) {
  const left = [...entries]
  const isTooLong = () => left.length > max.entries || left.map(({ text }) => text).join().length > max.bytes
  while (left.length > max.least && isTooLong()) {
    if (loose === 'older') left.shift()
    else left.pop()
  }
  return left
}

function read({ kept }: Filled, reading: Reading): Texts {
  const { low, high, loose, messagesOnly, count, maxBytes, mayBeEmpty } = reading
  const span = kept
    .filter(({ seq }) => seq >= low && seq <= high)
    .filter(({ isMessage }) => isMessage || !messagesOnly)
  expect(span).toHaveLength(count)
  const max = { entries: Number.POSITIVE_INFINITY, bytes: maxBytes, least: mayBeEmpty ? 0 : 1 }
  const left = cut(span, loose, max)
  const isCut = left.length < span.length
  return {
    low: isCut && loose === 'older' ? (left[0]?.seq ?? high + 1) : low,
    high: isCut && loose === 'newer' ? (left.at(-1)?.seq ?? low - 1) : high,
    texts: left.map(({ text }) => text).join(),
  }
}

function placeIn({ kept }: Filled): (seq: number) => Place | undefined {
  return (seq) => kept.find((entry) => entry.seq === seq)
}

type ReadPage = Omit<Page, 'entries'> & { readonly entries: readonly { readonly seq: number }[] }

function pageOf(filled: Filled, range: PageRange): ReadPage {
  const plan = runPlanner(planPage(filled.log, range), placeIn(filled))
  const found = read(filled, plan)
  const newer = plan.newer && read(filled, readingRest(plan.newer, found))
  return JSON.parse(textOfPage(filled.log, plan, found, newer))
}

/** The page in short: its seqs, and whether there is more. */
function brief({ entries, more, more_newer, reset }: ReadPage) {
  return {
    seqs: entries.map(({ seq }) => seq),
    more,
    ...(more_newer !== undefined && { more_newer }),
    ...(reset && { reset: reset.reason }),
  }
}

function after({ all, log }: Filled, seq: number, wrong: Partial<Position> = {}): { after: Position } {
  return { after: { epoch: log.epoch, seq, id: all[seq - 1]?.id ?? null, ...wrong } }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, index) => from + index)
}

const lagging = 'm--mm-m'

describe('a page of the newest messages', () => {
  it.each<[title: string, asked: PageRange, seqs: number[], more: boolean]>([
    ['the newest', { newest: 2 }, [5, 7], true],
    ['the newest, if it asks for all', { newest: 50 }, [1, 4, 5, 7], false],
    ['those before one', { before: 4, limit: 2 }, [4, 5], true],
    ['those before the second', { before: 2, limit: 5 }, [1], false],
    ['nothing before the first', { before: 1, limit: 5 }, [], false],
    ['nothing before the 0th', { before: 0, limit: 5 }, [], false],
    ['the newest before one beyond the head', { before: 1_000, limit: 1 }, [7], true],
  ])('[ST6] has messages and no other entries: %s', (_title, asked, seqs, more) => {
    expect(brief(pageOf(logOf(lagging), asked))).toEqual({ seqs, more })
  })

  it('[ST6] has no more where only other entries are older', () => {
    const filled = logOf('--m-m')
    expect(brief(pageOf(filled, { newest: 2 }))).toEqual({ seqs: [3, 5], more: false })
    expect(brief(pageOf(filled, { before: 1, limit: 2 }))).toEqual({ seqs: [], more: false })
  })

  it.each<[title: string, asked: PageRange, seqs: number[], more: boolean]>([
    ['more than is left', { newest: 50 }, [4, 5, 7], false],
    ['what is left', { newest: 3 }, [4, 5, 7], false],
    ['some of what is left', { newest: 2 }, [5, 7], true],
    ['the messages before the first that is left', { before: 2, limit: 5 }, [], false],
    ['messages that are removed', { before: 1, limit: 5 }, [], false],
  ])('[ST6] begins with what retention has left: %s', (_title, asked, seqs, more) => {
    const page = pageOf(logOf(lagging, { pruned: 2 }), asked)
    expect(brief(page)).toEqual({ seqs, more })
    expect(page.first_seq).toBe(3)
  })

  it('[ST4] is empty in a log without entries, and in one that lost all of them', () => {
    const head = { seq: 0, nth: 0, id: null }
    const page = { stream: 'room:r', epoch: 'now', head, first_seq: 1, more: false, entries: [] }
    expect(pageOf(logOf(''), { newest: 50 })).toEqual(page)
    expect(pageOf(logOf(lagging, { pruned: 7 }), { newest: 50 })).toEqual({
      ...page,
      head: { seq: 7, nth: 4, id: 'id 7' },
      first_seq: 8,
    })
  })

  it('[ST4] has at most 200 messages, however many other entries lie between them', () => {
    expect(brief(pageOf(logOf('m'.repeat(300)), { newest: 250 }))).toEqual({
      seqs: range(101, 300),
      more: true,
    })
    expect(brief(pageOf(logOf(`mmm${'-'.repeat(298)}`), { newest: 2 }))).toEqual({ seqs: [2, 3], more: true })
  })

  it('[ST4] leaves out the oldest where it is too long, but never the newest', () => {
    const half = limits.page_bytes / 2
    expect(brief(pageOf(logOf('mmm', { bytes: [half, half, half - 1] }), { newest: 3 }))).toEqual({
      seqs: [2, 3],
      more: true,
    })
    expect(brief(pageOf(logOf('mmm', { bytes: [half, half, half] }), { newest: 3 }))).toEqual({
      seqs: [3],
      more: true,
    })
    expect(brief(pageOf(logOf('m', { bytes: [3 * half] }), { newest: 3 }))).toEqual({
      seqs: [1],
      more: false,
    })
  })
})

describe('a page around a message, or after it', () => {
  it.each<[title: string, asked: PageRange, seqs: number[], more: boolean, more_newer: boolean]>([
    ['both sides', { around: 2, limit: 3 }, [1, 4, 5], false, true],
    ['the message alone', { around: 3, limit: 1 }, [5], true, true],
    ['more newer ones where there are few older ones', { around: 1, limit: 3 }, [1, 4, 5], false, true],
    ['more older ones where there are few newer ones', { around: 4, limit: 3 }, [4, 5, 7], true, false],
    ['the last, past the end', { around: 99, limit: 2 }, [5, 7], true, false],
    ['the first, before the beginning', { around: 0, limit: 2 }, [1, 4], false, true],
    ['those after one', { following: 1, limit: 2 }, [4, 5], true, true],
    ['those after none', { following: 0, limit: 2 }, [1, 4], false, true],
    ['those up to the end', { following: 2, limit: 5 }, [5, 7], true, false],
    ['nothing after the last', { following: 4, limit: 5 }, [], true, false],
    ['nothing past the end', { following: 99, limit: 5 }, [], true, false],
  ])('[TD1] has %s', (_title, asked, seqs, more, more_newer) => {
    expect(brief(pageOf(logOf(lagging), asked))).toEqual({ seqs, more, more_newer })
  })

  it('[TD1] begins with what retention has left', () => {
    const filled = logOf(lagging, { pruned: 4 })
    const both = { more: false, more_newer: false }
    expect(brief(pageOf(filled, { around: 1, limit: 9 }))).toEqual({ seqs: [5, 7], ...both })
    expect(brief(pageOf(filled, { following: 0, limit: 9 }))).toEqual({ seqs: [5, 7], ...both })
    for (const nothing of [logOf(''), logOf(lagging, { pruned: 7 }), logOf('m--', { pruned: 1 })]) {
      expect(brief(pageOf(nothing, { around: 1, limit: 9 }))).toEqual({ seqs: [], ...both })
      expect(brief(pageOf(nothing, { following: 0, limit: 9 }))).toEqual({ seqs: [], ...both })
    }
  })

  it('[TD1] has the message that was asked for, however long it is and its neighbours are', () => {
    const half = limits.page_bytes / 2
    const around = (bytes: number[], nth: number) =>
      brief(pageOf(logOf('mmm', { bytes }), { around: nth, limit: 9 }))
    expect(around([half, half, half], 2)).toEqual({ seqs: [2], more: true, more_newer: true })
    expect(around([99, 3 * half, 99], 2)).toEqual({ seqs: [2], more: true, more_newer: true })
    expect(around([half, half, half - 1], 2)).toEqual({ seqs: [2, 3], more: true, more_newer: false })
    expect(around([99, 99, 2 * half], 2)).toEqual({ seqs: [1, 2], more: false, more_newer: true })
    const following = pageOf(logOf('mmm', { bytes: [9, 3 * half, 9] }), { following: 1, limit: 9 })
    expect(brief(following)).toEqual({ seqs: [2], more: true, more_newer: true })
  })
})

describe('a page after a position', () => {
  it('[ST4] has the entries that follow, of every kind', () => {
    const filled = logOf(lagging)
    expect(brief(pageOf(filled, { ...after(filled, 0), limit: 3 }))).toEqual({ seqs: [1, 2, 3], more: true })
    expect(brief(pageOf(filled, { ...after(filled, 3), limit: 9 }))).toEqual({
      seqs: range(4, 7),
      more: false,
    })
    expect(brief(pageOf(filled, { ...after(filled, 7), limit: 9 }))).toEqual({ seqs: [], more: false })
  })

  it('[ST4] has at most 200 entries, and leaves out the newest where it is too long', () => {
    const many = logOf('m'.repeat(300))
    expect(brief(pageOf(many, { ...after(many, 5), limit: 250 }))).toEqual({
      seqs: range(6, 205),
      more: true,
    })
    const half = limits.page_bytes / 2
    const long = logOf('mmm', { bytes: [half, half, half - 1] })
    expect(brief(pageOf(long, { ...after(long, 0), limit: 9 }))).toEqual({ seqs: [1], more: true })
    expect(brief(pageOf(long, { ...after(long, 1), limit: 9 }))).toEqual({ seqs: [2, 3], more: false })
  })

  it('[ST5] continues from the last entry that was removed', () => {
    const filled = logOf(lagging, { pruned: 3 })
    expect(brief(pageOf(filled, { ...after(filled, 3), limit: 2 }))).toEqual({ seqs: [4, 5], more: true })
  })

  it.each<[reason: ResetReason, seq: number, wrong: Partial<Position>]>([
    ['epoch', 4, { epoch: 'before' }],
    ['ahead', 8, { id: 'id 8' }],
    ['truncated', 2, {}],
    ['truncated', 0, {}],
    ['replaced', 4, { id: 'id of another' }],
    ['replaced', 3, { id: 'id of another' }],
    ['replaced', 7, { id: null }],
  ])('[ST5] has the newest messages and says %s, after %i', (reason, seq, wrong) => {
    const filled = logOf(lagging, { pruned: 3 })
    expect(brief(pageOf(filled, { ...after(filled, seq, wrong), limit: 1 }))).toEqual({
      seqs: [7],
      more: true,
      reset: reason,
    })
  })

  it('[ST5] has at most 50 messages where it cannot continue', () => {
    const filled = logOf('m'.repeat(60))
    const page = pageOf(filled, { ...after(filled, 61), limit: 200 })
    expect(brief(page)).toEqual({ seqs: range(11, 60), more: true, reset: 'ahead' })
  })
})

it('plans the newest messages within entries and bytes', () => {
  const { log } = logOf(lagging)
  const plan = (entries: number) =>
    runPlanner(planMessages(log, { entries, bytes: 10 }), placeIn(logOf(lagging)))
  const messages = { loose: 'older', messagesOnly: true, maxBytes: 10 }
  expect(plan(2)).toEqual({ low: 5, high: 7, count: 2, ...messages })
  expect(plan(100)).toEqual({ low: 1, high: 7, count: 4, ...messages })
  const all = { loose: 'newer', messagesOnly: false, maxBytes: limits.page_bytes }
  expect(readingAfter(5)).toEqual({ low: 6, high: 205, count: 200, ...all })
})

it('asks for no entry where all are messages, and for few where some are not', () => {
  const asked = (filled: Filled, range: PageRange) => {
    let count = 0
    const placeAt = placeIn(filled)
    runPlanner(planPage(filled.log, range), (seq) => {
      count += 1
      return placeAt(seq)
    })
    return count
  }
  const plain = logOf('m'.repeat(10_000), { pruned: 10 })
  // 15 are no messages: each of the page's ends is one of 16 entries.
  const mixed = logOf(`${'m'.repeat(600)}-`.repeat(15))
  expect(asked(plain, { before: 5_000, limit: 50 })).toBe(0)
  expect(asked(plain, { around: 5_000, limit: 50 })).toBe(0)
  expect(asked(mixed, { before: 5_000, limit: 50 })).toBeLessThanOrEqual(8)
  // The other ends are near the first.
  expect(asked(mixed, { around: 5_000, limit: 50 })).toBeLessThanOrEqual(8)
  // Every fifth entry is none, so each look leaves a tenth of where it may be, not half.
  const reacted = logOf('mmmm-'.repeat(4_000))
  expect(asked(reacted, { newest: 50 })).toBeLessThanOrEqual(6)
  expect(asked(reacted, { before: 9_000, limit: 50 })).toBeLessThanOrEqual(11)
  // All that are none together: at their edge it takes as many looks as by halves.
  const heaped = logOf(`${'m'.repeat(4_000)}${'-'.repeat(4_000)}${'m'.repeat(4_000)}`)
  expect(asked(heaped, { before: 5_000, limit: 50 })).toBeLessThanOrEqual(3)
  expect(asked(heaped, { before: 4_001, limit: 50 })).toBeLessThanOrEqual(24)
})

it('finds an end of the page although retention removes entries meanwhile', () => {
  const filled = logOf('m-'.repeat(100))
  const later = logOf('m-'.repeat(100), { pruned: 60 })
  const plan = runPlanner(planPage(filled.log, { before: 51, limit: 10 }), placeIn(later))
  expect(plan).toMatchObject({ low: 81, high: 100 })
})
