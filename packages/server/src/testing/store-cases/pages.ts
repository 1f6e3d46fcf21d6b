import { limits, type Page, type Position } from '@dowellchat/protocol'
import type { Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { drafts, expectWhole, placedOf, range, readAll, readPage, room, seqs, seqsOf } from './making.ts'
import { oneStore, type StoreCase } from './store-case.ts'

const key = room('r')

async function fill(store: Store, messages: number, message_data = 'Hello'): Promise<void> {
  await store.streams.append(key, drafts(messages, { message_data }))
}

function positionAt({ epoch, entries }: Page, seq: number): Position {
  return { epoch, seq, id: entries.find((entry) => entry.seq === seq)?._id ?? null }
}

function bytesOf(entries: readonly unknown[]): number {
  return Buffer.byteLength(JSON.stringify(entries)) - 2
}

// Three bytes a character: with their fields, five of these fit in a page and six do not.
const longText = '語'.repeat(16_000)

export const pageCases: readonly StoreCase[] = [
  oneStore(
    '[S8] has no page of a stream that was never opened, and an empty one of a stream without messages',
    async (store) => {
      expectSame(
        await store.streams.page(key, { newest: 50 }),
        null,
        'A stream that was never opened has no page',
      )
      const none = await store.streams.messages(key, { entries: 50, bytes: 1e6 })
      expectSame(none, { text: '[]', head: 0 }, 'A stream that was never opened has no messages')
      await store.streams.open(key)
      await store.streams.open(key)
      const page = await readPage(store, key, { newest: 50 })
      const head = { seq: 0, nth: 0, id: null }
      const empty = { stream: key.stream, head, first_seq: 1, entries: [], more: false }
      expectSame(page, { ...empty, epoch: page.epoch }, 'A stream without messages has an empty page')
      const position = { epoch: page.epoch, seq: 0, id: null }
      const after = await readPage(store, key, { after: position, limit: 10 })
      expectSame(after, page, 'Nothing follows the beginning of an empty stream')
      const before = await readPage(store, key, { before: 1, limit: 10 })
      expectSame(before, page, 'Nothing comes before the first message')
    },
  ),

  oneStore('[S8] pages backwards from the newest messages to the first', async (store) => {
    await fill(store, 12)
    const parts = [
      { part: { newest: 5 }, expected: range(8, 12), more: true },
      { part: { before: 8, limit: 5 }, expected: range(3, 7), more: true },
      { part: { before: 3, limit: 5 }, expected: [1, 2], more: false },
      { part: { before: 1, limit: 5 }, expected: [], more: false },
      { part: { before: 1_000, limit: 3 }, expected: range(10, 12), more: true },
      { part: { newest: 12 }, expected: range(1, 12), more: false },
    ]
    for (const { part, expected, more } of parts) {
      const page = await readPage(store, key, part)
      const asked = JSON.stringify(part)
      expectSame(seqs(page), expected, `Of 12 messages, ${asked} is the newest ones before, oldest first`)
      expectSame(page.more, more, `Of 12 messages, ${asked} tells whether older ones are left`)
      expectSame(page.head.seq, 12, 'The head of a page is that of the stream')
    }
  }),

  oneStore('[S8] pages forwards from a position to the head', async (store) => {
    await fill(store, 12)
    const all = await readPage(store, key, { newest: 50 })
    const parts = [
      { seq: 0, expected: range(1, 5), more: true },
      { seq: 5, expected: range(6, 10), more: true },
      { seq: 10, expected: [11, 12], more: false },
      { seq: 12, expected: [], more: false },
    ]
    for (const { seq, expected, more } of parts) {
      const page = await readPage(store, key, { after: positionAt(all, seq), limit: 5 })
      expectSame(page.reset, undefined, `A position at seq ${seq} of 12 is continued`)
      expectSame(seqs(page), expected, `Of 12 messages, five after seq ${seq} are the next ones`)
      expectSame(page.more, more, `Of 12 messages, five after seq ${seq} tell whether newer ones are left`)
    }
  }),

  oneStore('[S8] meets every message once, in either direction, whatever the limit', async (store) => {
    await fill(store, 103)
    for (const limit of [1, 7, 50]) {
      expectWhole(await readAll(store, key, limit), 103)
      expectWhole(await readBackwards(store, limit, 103), 103)
    }
    for (const after of [0, 1, 50, 102]) {
      const { entries } = await store.streams.entries(key, after)
      const following = seqsOf(entries.map(({ text }) => JSON.parse(text)))
      const rule = `What follows seq ${after} begins with the next: no overlap, no hole`
      expectSame(following, range(after + 1, 103), rule)
    }
  }),

  oneStore('[S8] resets a position that cannot be continued, with the newest messages', async (store) => {
    await fill(store, 60)
    const all = await readPage(store, key, { newest: 100 })
    const at = positionAt(all, 30)
    const wrong: [Position, string][] = [
      [{ ...at, epoch: 'another' }, 'epoch'],
      [{ ...at, epoch: 'another', seq: 0, id: null }, 'epoch'],
      [{ ...at, seq: 61 }, 'ahead'],
      [{ ...at, seq: 31 }, 'replaced'],
      [{ ...at, id: null }, 'replaced'],
    ]
    for (const [after, reason] of wrong) {
      const page = await readPage(store, key, { after, limit: 200 })
      const position = `position ${JSON.stringify(after)}`
      expectSame(page.reset, { reason }, `A page for the ${position} says why it cannot be continued`)
      expectSame(seqs(page), range(11, 60), `A page for the ${position} has the 50 newest messages`)
      expectSame(page.more, true, `A page for the ${position} says that there are older messages`)
      const two = await readPage(store, key, { after, limit: 2 })
      expectSame(seqs(two), [59, 60], `A page of two for the ${position} has the two newest messages`)
    }
  }),

  oneStore('[S8] has at most as many entries in a page as the protocol allows', async (store) => {
    const most = limits.page_entries
    await fill(store, most + 10)
    const newest = await readPage(store, key, { newest: 1_000 })
    expectSame(seqs(newest), range(11, most + 10), `The newest page has ${most} entries`)
    const start = { epoch: newest.epoch, seq: 0, id: null }
    const first = await readPage(store, key, { after: start, limit: 1_000 })
    expectSame(seqs(first), range(1, most), `A page after a position has ${most} entries`)
    expectSame([newest.more, first.more], [true, true], 'A page that is cut says that there is more')
    const { entries } = await store.streams.entries(key, 0)
    expectTrue(entries.length <= most, `entries answers at most ${most}`, entries.length)
  }),

  oneStore('[S8] cuts a page that is too long at its loose end, to one entry at least', async (store) => {
    await fill(store, 12, longText)
    const newest = await readPage(store, key, { newest: 50 })
    expectSame([seqs(newest), newest.more], [range(8, 12), true], 'The newest page is cut at its older end')
    const bytes = bytesOf(newest.entries)
    expectTrue(bytes <= limits.page_bytes, `A page has at most ${limits.page_bytes} bytes`, bytes)
    const older = await readPage(store, key, { before: 8, limit: 50 })
    expectSame([seqs(older), older.more], [range(3, 7), true], 'An older page is cut at its older end')
    const start = { epoch: newest.epoch, seq: 0, id: null }
    const first = await readPage(store, key, { after: start, limit: 50 })
    expectSame(
      [seqs(first), first.more],
      [range(1, 5), true],
      'A page after a position is cut at its newer end',
    )
    const one = await store.streams.messages(key, { entries: 50, bytes: 10 })
    expectSame(seqsOf(JSON.parse(one.text)), [12], 'One message fits, however long it is')
  }),

  oneStore('[TD1] has the messages on both sides of one, and those after one', async (store) => {
    await fill(store, 12)
    await store.streams.remove(key, { targets: [6], reason: 'deleted' })
    const last = (await store.streams.append(key, drafts(1))).appended.map(placedOf)
    expectSame(seqsOf(last.map(({ placed }) => placed)), [14], 'A deletion takes a seq of its own')
    const parts = [
      { part: { around: 6, limit: 5 }, expected: range(4, 8), more: true, newer: true },
      { part: { around: 1, limit: 4 }, expected: range(1, 4), more: false, newer: true },
      { part: { around: 13, limit: 3 }, expected: [11, 12, 14], more: true, newer: false },
      { part: { around: 99, limit: 1 }, expected: [14], more: true, newer: false },
      { part: { around: 6, limit: 50 }, expected: [...range(1, 12), 14], more: false, newer: false },
      { part: { following: 0, limit: 3 }, expected: range(1, 3), more: false, newer: true },
      { part: { following: 11, limit: 9 }, expected: [12, 14], more: true, newer: false },
      { part: { following: 13, limit: 9 }, expected: [], more: true, newer: false },
    ]
    for (const { part, expected, more, newer } of parts) {
      const page = await readPage(store, key, part)
      const asked = `Of 13 messages, ${JSON.stringify(part)}`
      expectSame(seqs(page), expected, `${asked} has these, oldest first, also one that is removed`)
      expectSame([page.more, page.more_newer], [more, newer], `${asked} tells what is left on both sides`)
    }
  }),

  oneStore('[TD1] cuts a page around a message at both ends, never the message', async (store) => {
    await fill(store, 12, longText)
    const page = await readPage(store, key, { around: 6, limit: 50 })
    const bytes = bytesOf(page.entries)
    expectTrue(bytes <= limits.page_bytes, `A page has at most ${limits.page_bytes} bytes`, bytes)
    const places = seqs(page)
    expectSame(places, range(places[0] ?? 0, places.at(-1) ?? 0), 'Nothing is left out between two messages')
    expectTrue(places.includes(6) && places.length === 5, 'The message is in it, and what else fits', places)
    expectSame([page.more, page.more_newer], [true, true], 'What was cut is told of on both sides')
  }),

  oneStore('[S8] answers the newest messages, oldest first, within a number and a size', async (store) => {
    await fill(store, 300)
    const read = async (entries: number, bytes: number): Promise<{ seq: number }[]> =>
      JSON.parse((await store.streams.messages(key, { entries, bytes })).text)
    const newest = await read(250, 1e6)
    const { head } = await store.streams.messages(key, { entries: 1, bytes: 1e6 })
    expectSame(head, 300, 'messages answers where the log ended')
    expectSame(seqsOf(newest), range(51, 300), 'messages answers as many of the newest as were asked for')
    expectSame((await read(1_000, 1e6)).length, 300, 'messages answers all where there are fewer')
    const exact = bytesOf(newest.slice(-3))
    expectSame((await read(250, exact)).length, 3, 'messages answers what fits the size to the byte')
    expectSame((await read(250, exact - 1)).length, 2, 'messages leaves out what exceeds the size by a byte')
  }),
]

/** Reads a stream of so many messages, page by page from its end. */
async function readBackwards(store: Store, limit: number, messages: number): Promise<Page['entries']> {
  const all: Page['entries'] = []
  for (let more = true; more; ) {
    const before = all[0]?.nth ?? messages + 1
    const page = await readPage(store, key, { before, limit })
    const last = page.entries.at(-1)?.nth
    expectSame(
      last,
      before - 1,
      `The page before message ${before} ends with the one before: no overlap, no hole`,
    )
    all.unshift(...page.entries)
    more = page.more
  }
  return all
}
