import assert from 'node:assert/strict'
import { limits, type Page, type Position } from '@dowellchat/protocol'
import type { Store } from '../store.ts'
import { draft, range, readPage, room, type StoreCase, seqs } from './making.ts'

const key = room('r')

async function fill(store: Store, messages: number, message_data = 'Hello'): Promise<void> {
  await store.streams.append(
    key,
    range(1, messages).map(() => draft({ message_data })),
  )
}

function positionAt({ epoch, entries }: Page, seq: number): Position {
  return { epoch, seq, id: entries.find((entry) => entry.seq === seq)?._id ?? null }
}

// Three bytes a character: five of these with their fields fit in a page, six do not.
const longText = '語'.repeat(16_000)

export const pageCases: readonly StoreCase[] = [
  {
    title: 'has no page of a stream that was never opened, and an empty one of a stream without messages',
    async run(open) {
      const store = await open()
      assert.equal(await store.streams.page(key, { newest: 50 }), null)
      await store.streams.open(key)
      await store.streams.open(key)
      const page = await readPage(store, key, { newest: 50 })
      assert.deepEqual(
        { ...page, epoch: '' },
        {
          stream: key.stream,
          epoch: '',
          head: { seq: 0, nth: 0, id: null },
          first_seq: 1,
          entries: [],
          more: false,
        },
      )
      const position = { epoch: page.epoch, seq: 0, id: null }
      assert.deepEqual(await readPage(store, key, { after: position, limit: 10 }), page)
      assert.deepEqual(await readPage(store, key, { before: 1, limit: 10 }), page)
      await store.close()
    },
  },
  {
    title: 'pages backwards from the newest messages to the first',
    async run(open) {
      const store = await open()
      await fill(store, 12)
      const pages = [
        await readPage(store, key, { newest: 5 }),
        await readPage(store, key, { before: 8, limit: 5 }),
        await readPage(store, key, { before: 3, limit: 5 }),
        await readPage(store, key, { before: 1, limit: 5 }),
        await readPage(store, key, { before: 1_000, limit: 3 }),
        await readPage(store, key, { newest: 12 }),
      ]
      assert.deepEqual(pages.map(seqs), [range(8, 12), range(3, 7), [1, 2], [], range(10, 12), range(1, 12)])
      assert.deepEqual(
        pages.map(({ more }) => more),
        [true, true, false, false, true, false],
      )
      for (const { head } of pages) assert.equal(head.seq, 12)
      await store.close()
    },
  },
  {
    title: 'pages forwards from a position to the head',
    async run(open) {
      const store = await open()
      await fill(store, 12)
      const all = await readPage(store, key, { newest: 50 })
      const after = (seq: number) => readPage(store, key, { after: positionAt(all, seq), limit: 5 })
      const pages = [await after(0), await after(5), await after(10), await after(12)]
      assert.deepEqual(pages.map(seqs), [range(1, 5), range(6, 10), [11, 12], []])
      assert.deepEqual(
        pages.map(({ more, reset }) => [more, reset]),
        [
          [true, undefined],
          [true, undefined],
          [false, undefined],
          [false, undefined],
        ],
      )
      await store.close()
    },
  },
  {
    title: 'resets a position that it cannot prove to continue, with the newest messages',
    async run(open) {
      const store = await open()
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
        assert.deepEqual(page.reset, { reason })
        assert.deepEqual(seqs(page), range(11, 60))
        assert.equal(page.more, true)
        assert.deepEqual(seqs(await readPage(store, key, { after, limit: 2 })), [59, 60])
      }
      await store.close()
    },
  },
  {
    title: 'has at most as many entries in a page as the protocol allows',
    async run(open) {
      const store = await open()
      await fill(store, limits.page_entries + 10)
      const newest = await readPage(store, key, { newest: 1_000 })
      assert.deepEqual(seqs(newest), range(11, limits.page_entries + 10))
      const start = { epoch: newest.epoch, seq: 0, id: null }
      const first = await readPage(store, key, { after: start, limit: 1_000 })
      assert.deepEqual(seqs(first), range(1, limits.page_entries))
      assert.ok(newest.more && first.more)
      await store.close()
    },
  },
  {
    title: 'cuts a page that is too long at its loose end, and leaves at least one entry',
    async run(open) {
      const store = await open()
      await fill(store, 12, longText)
      const newest = await readPage(store, key, { newest: 50 })
      assert.deepEqual([seqs(newest), newest.more], [range(8, 12), true])
      assert.ok(Buffer.byteLength(JSON.stringify(newest.entries)) - 2 <= limits.page_bytes)
      const older = await readPage(store, key, { before: 8, limit: 50 })
      assert.deepEqual([seqs(older), older.more], [range(3, 7), true])
      const start = { epoch: newest.epoch, seq: 0, id: null }
      const first = await readPage(store, key, { after: start, limit: 50 })
      assert.deepEqual([seqs(first), first.more], [range(1, 5), true])
      assert.equal(JSON.parse(await store.streams.messages(key, { entries: 50, bytes: 10 })).length, 1)
      await store.close()
    },
  },
  {
    title: 'answers the newest messages at once, oldest first, within a number and a size',
    async run(open) {
      const store = await open()
      await fill(store, 300)
      const read = async (entries: number, bytes: number): Promise<{ seq: number }[]> =>
        JSON.parse(await store.streams.messages(key, { entries, bytes }))
      const newest = await read(250, 1e6)
      assert.deepEqual(
        newest.map(({ seq }) => seq),
        range(51, 300),
      )
      assert.equal((await read(1_000, 1e6)).length, 300)
      const exact = Buffer.byteLength(JSON.stringify(newest.slice(-3))) - 2
      assert.equal((await read(250, exact)).length, 3)
      assert.equal((await read(250, exact - 1)).length, 2)
      await store.close()
    },
  },
]
