import { type Head, limits, type Page, type Position, type ResetReason } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { draft } from '../../testing/store-cases/making.ts'
import { firstSeq } from '../log.ts'
import { messageOf } from '../message.ts'
import { planPage } from '../page-planner.ts'
import { type Place, runPlanner, runPlannerAsync } from '../places.ts'
import { deletionOf } from '../removal.ts'
import type { PageRange } from '../store.ts'
import type { EmbeddedLog } from './logs.ts'
import { embeddedPages } from './pages.ts'
import { type Database, loadSqlite, prepareDatabase } from './sqlite.ts'

const stream = 'room:r'

interface Entry extends Head {
  readonly text: string
  readonly bytes: number
  readonly isMessage: boolean
}

/** A log, with all entries that it ever had, the removed ones too. */
interface Filled {
  readonly log: EmbeddedLog
  readonly all: readonly Entry[]
}

/** What a page must have, found by looking at every entry. */
interface Expected {
  readonly seqs: readonly number[]
  readonly more: boolean
  readonly more_newer?: boolean
  readonly reset?: ResetReason
}

/** The same whole numbers below `end` for the same seed (Mulberry32). */
function seeded(seed: number): (end: number) => number {
  let state = seed >>> 0
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
}

/** Up to 40 entries or up to 450, some or most of them messages, some logs with long texts, some without their beginning. */
function fill(db: Database, n: number, below: ReturnType<typeof seeded>): Filled {
  const count = below(below(4) === 0 ? 450 : 40)
  const noMessagesIn10 = below(4) === 0 ? 0 : below(11)
  const longest = below(3) === 0 ? 10_000 : 10
  let nth = 0
  const all = Array.from({ length: count }, (_, index): Entry => {
    const isMessage = below(10) >= noMessagesIn10
    if (isMessage) nth += 1
    const seq = index + 1
    const id = `${n} ${seq}`
    const placed = { _id: id, seq, nth, created_at: '2026-01-01T00:00:00.000Z' }
    const entry = isMessage
      ? messageOf(draft({ message_data: '語'.repeat(below(longest)) }), placed, stream)
      : deletionOf(stream, placed, { targets: [1], reason: 'deleted' })
    const text = JSON.stringify(entry)
    return { seq, nth, isMessage, id, text, bytes: Buffer.byteLength(text) }
  })
  const placeOf = (at: number): Head => {
    const { seq, nth, id } = all[at - 1] ?? { seq: 0, nth: 0, id: null }
    return { seq, nth, id }
  }
  const pruned = placeOf(below(2) === 0 ? 0 : below(count + 1))
  const insert = db.prepare(
    `INSERT INTO entries (stream_n, seq, nth, id, author, cid, fingerprint, text, type) VALUES (?, ?, ?, ?, 'ann', ?, '', ?, ?)`,
  )
  db.exec('BEGIN')
  for (const { seq, nth, id, text, isMessage } of all.slice(pruned.seq))
    insert.run(n, seq, nth, id, id, text, isMessage ? null : 'deletion')
  db.exec('COMMIT')
  const key = { workspace_id: 'acme', stream }
  return { log: { n, key, epoch: 'now', head: placeOf(count), pruned }, all }
}

function randomRange({ log, all }: Filled, below: ReturnType<typeof seeded>): PageRange {
  const limit = 1 + below(below(2) === 0 ? 12 : limits.page_entries)
  const kind = below(5)
  if (kind === 0) return { newest: limit }
  if (kind === 1) return { before: below(log.head.nth + 3), limit }
  if (kind === 2) return { following: below(log.head.nth + 3), limit }
  if (kind === 3) return { around: below(log.head.nth + 3), limit }
  const seq = below(log.head.seq + 3)
  const id = below(6) === 0 ? 'of another' : (all[seq - 1]?.id ?? null)
  return { after: { epoch: below(12) === 0 ? 'before' : log.epoch, seq, id }, limit }
}

function expectedPage({ log, all }: Filled, range: PageRange): Expected {
  const kept = all.slice(log.pruned.seq)
  if ('newest' in range) return newest(kept, { limit: range.newest })
  if ('before' in range) return newest(kept, range)
  if ('following' in range) return following(kept, range)
  if ('around' in range) return around(kept, range)
  const { after, limit } = range
  const reset = expectedReset({ log, all }, range.after)
  if (reset) return { ...newest(kept, { limit: Math.min(limit, 50) }), reset }
  const later = kept.filter(({ seq }) => seq > after.seq)
  const fitting = later.slice(0, limit)
  while (isTooLong(fitting)) fitting.pop()
  return { seqs: fitting.map(({ seq }) => seq), more: later.length > fitting.length }
}

/** Messages are counted, and no other entries are among them. */
function newest(
  kept: readonly Entry[],
  { before = Infinity, limit }: { before?: number; limit: number },
): Expected {
  const end = Math.min(before, (kept.at(-1)?.nth ?? 0) + 1)
  const messages = kept.filter(({ isMessage }) => isMessage)
  const fitting = messages.filter(({ nth }) => nth >= end - limit && nth < end)
  while (isTooLong(fitting)) fitting.shift()
  const [first] = fitting
  return { seqs: fitting.map(({ seq }) => seq), more: first !== undefined && first !== messages[0] }
}

function following(
  kept: readonly Entry[],
  { following: nth, limit }: { following: number; limit: number },
): Expected {
  const messages = kept.filter(({ isMessage }) => isMessage)
  const after = messages.filter((one) => one.nth > nth)
  const fitting = after.slice(0, limit)
  while (isTooLong(fitting)) fitting.pop()
  const [first] = after
  const more = first === undefined ? messages.length > 0 : first !== messages[0]
  return { seqs: fitting.map(({ seq }) => seq), more, more_newer: fitting.length < after.length }
}

/** The message, as many on both sides, and what one side lacks on the other; the older half has at most half of the bytes. */
function around(kept: readonly Entry[], { around: nth, limit }: { around: number; limit: number }): Expected {
  const messages = kept.filter(({ isMessage }) => isMessage)
  const last = messages.length - 1
  const found = messages.findIndex((one) => one.nth >= nth)
  const at = found < 0 ? last : found
  const sides = { older: at, newer: last - at }
  const newer = Math.min(sides.newer, Math.max(Math.floor(limit / 2), limit - 1 - sides.older))
  const older = Math.min(sides.older, limit - 1 - newer)
  const before = messages.slice(Math.max(at - older, 0), at + 1)
  while (before.length > 1 && bytesOf(before) > limits.page_bytes / 2) before.shift()
  const after = messages.slice(at + 1, at + 1 + newer)
  while (after.length > 0 && bytesOf([...before, ...after]) > limits.page_bytes) after.pop()
  const all = [...before, ...after]
  return {
    seqs: all.map(({ seq }) => seq),
    more: all[0] !== messages[0],
    more_newer: all.at(-1) !== messages.at(-1),
  }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes, entries.length - 1)
}

function isTooLong(entries: readonly Entry[]): boolean {
  const { length } = entries
  return length > 1 && (length > limits.page_entries || bytesOf(entries) > limits.page_bytes)
}

function expectedReset({ log, all }: Filled, { epoch, seq, id }: Position): ResetReason | undefined {
  if (epoch !== log.epoch) return 'epoch'
  if (seq > all.length) return 'ahead'
  if (seq < log.pruned.seq) return 'truncated'
  return seq > 0 && all[seq - 1]?.id !== id ? 'replaced' : undefined
}

it('[ST4] [ST5] [ST6] [TD1] answers 5,000 ranges of 250 random logs as a look at every entry does', async () => {
  const db = (await loadSqlite())(':memory:')
  onTestFinished(() => db.close())
  prepareDatabase(db, ':memory:')
  const damaged: unknown[] = []
  const pages = embeddedPages(db, (row) => damaged.push(row))
  const place = db.prepare<Place>('SELECT id, nth FROM entries WHERE stream_n = ? AND seq = ?')
  const resets = new Set<ResetReason | undefined>()
  for (let n = 1; n <= 250; n++) {
    const below = seeded(n)
    const filled = fill(db, n, below)
    const { log } = filled
    const placeAt = (seq: number) => place.get(n, seq)
    for (let asked = 0; asked < 20; asked++) {
      const range = randomRange(filled, below)
      const page: Page = JSON.parse(pages.page(log, range))
      expect(brief(page), `log ${n}, ${JSON.stringify(range)}`).toEqual(expectedPage(filled, range))
      const { key, epoch, head } = log
      expect(page).toMatchObject({ stream: key.stream, epoch, head, first_seq: firstSeq(log) })
      const planned = runPlanner(planPage(log, range), placeAt)
      expect(await runPlannerAsync(planPage(log, range), async (seq) => placeAt(seq))).toEqual(planned)
      // Where the span has entries that the log has not, MongoDB's driver takes them for removed and tries again.
      expect(planned.low).toBeGreaterThanOrEqual(firstSeq(log))
      expect(planned.high).toBeLessThanOrEqual(head.seq)
      resets.add(page.reset?.reason)
    }
  }
  expect(damaged).toEqual([])
  expect([...resets].sort()).toEqual(['ahead', 'epoch', 'replaced', 'truncated', undefined])
})

function brief({ entries, more, more_newer, reset }: Page): Expected {
  return {
    seqs: entries.map(({ seq }) => seq),
    more,
    ...(more_newer !== undefined && { more_newer }),
    ...(reset && { reset: reset.reason }),
  }
}
