import type { Page } from '@dowellchat/protocol'
import type { Store, StreamKey } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { draft, drafts, range, readPage, room, seqs } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

export const retentionCases: readonly StoreCase[] = [
  oneStore('[S10] removes the oldest entries of a workspace, and nothing else', async (store) => {
    const { before, cid } = await fillThenPause(store, room('r'))
    await store.streams.append(room('r'), drafts(2))
    await store.streams.append(room('r', 'zeta'), drafts(3))

    expectSame(await pruneAll(store, 'acme', before), 3, 'prune answers how many entries it removed')

    const page = await readPage(store, room('r'), { newest: 50 })
    expectSame(
      [seqs(page), page.first_seq, page.more],
      [[4, 5], 4, false],
      'What is younger stays, under its seq',
    )
    expectSame(page.head.seq, 5, 'Removing moves no head')
    expectSame(await store.streams.has(room('r'), 'ann', cid), false, 'The cid of what is gone is free')
    expectSame(await pruneAll(store, 'acme', before), 0, 'Pruning again removes nothing')
    const other = await readPage(store, room('r', 'zeta'), { newest: 50 })
    expectSame(seqs(other), [1, 2, 3], 'Another workspace keeps what it has')
  }),

  oneStore('[S10] counts on in a log that has lost all its entries', async (store) => {
    const { epoch, last } = await fillThenPause(store, room('r'))
    expectSame(await pruneAll(store, 'acme', future), 3, 'Every entry is older than the future')
    const empty = await readPage(store, room('r'), { newest: 50 })
    expectSame([empty.entries, empty.first_seq], [[], 4], 'An empty log begins at its next entry')
    expectSame([empty.epoch, empty.head], [epoch, last], 'An empty log knows its epoch and its head')
    await store.streams.append(room('r'), [draft()])
    const page = await readPage(store, room('r'), { newest: 50 })
    expectSame([seqs(page), page.head.nth], [[4], 4], 'The next entry follows what is gone')
    await expectResets(store, page, last)
  }),

  reopened(
    '[S10] still knows after a restart what it has removed',
    async (store) => {
      const filled = await fillThenPause(store, room('r'))
      await pruneAll(store, 'acme', future)
      return filled
    },
    async (store, { epoch, last }) => {
      const page = await readPage(store, room('r'), { newest: 50 })
      expectSame(
        [page.epoch, page.head, page.first_seq],
        [epoch, last, 4],
        'A removed entry is not forgotten',
      )
    },
  ),

  oneStore('[S10] removes all that is old, however many rooms and entries there are', async (store) => {
    const rooms = range(1, 120).map((n) => room(`r${n}`))
    await Promise.all(rooms.map((key) => store.streams.append(key, [draft()])))
    await store.streams.append(room('long'), drafts(1_200))
    expectSame(
      await pruneAll(store, 'acme', future),
      1_320,
      'prune goes on from `next` until nothing is left',
    )
    for (const key of [...rooms, room('long')]) {
      expectSame(await store.streams.page(key, { newest: 1 }).then(entriesIn), 0, 'Nothing old is left')
    }
  }),

  oneStore('[S10] reads on behind what it has removed, from however far before it', async (store) => {
    await store.streams.append(room('r'), drafts(300))
    const before = await timeBetween()
    await store.streams.append(room('r'), drafts(150))
    await pruneAll(store, 'acme', before)
    for (const after of [0, 99, 250, 300, 310]) {
      const { entries } = await store.streams.entries(room('r'), after)
      const { seq } = JSON.parse(entries[0]?.text ?? '{}') as { seq?: number }
      expectSame(seq, Math.max(after, 300) + 1, `What is left after ${after} is read`)
    }
    expectSame((await store.streams.entries(room('r'), 450)).entries, [], 'Nothing follows the end')
  }),
]

const future = '9999-01-01T00:00:00.000Z'

/** Appends three entries; resolves to a time after theirs and before all later ones. */
async function fillThenPause(store: Store, key: StreamKey) {
  const first = draft()
  await store.streams.append(key, [first, ...drafts(2)])
  const { epoch, head: last } = await readPage(store, key, { newest: 50 })
  return { before: await timeBetween(), epoch, last, cid: first.cid }
}

/** A time after everything that was made so far, and before all that is made later. */
async function timeBetween(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 10))
  const time = new Date().toISOString()
  await new Promise((resolve) => setTimeout(resolve, 10))
  return time
}

async function pruneAll(store: Store, workspaceId: string, before: string): Promise<number> {
  let { removed, next } = await store.streams.prune(workspaceId, before, null)
  while (next !== null) {
    const more = await store.streams.prune(workspaceId, before, next)
    removed += more.removed
    next = more.next
  }
  return removed
}

/** Throws unless a position at the last removed entry continues, and an earlier one and another log's are reset. */
async function expectResets(store: Store, { epoch }: Page, last: Page['head']): Promise<void> {
  const from = (seq: number, id: string | null) =>
    readPage(store, room('r'), { after: { epoch, seq, id }, limit: 50 })
  const next = await from(last.seq, last.id)
  expectSame([seqs(next), next.reset], [[4], undefined], 'What follows the last removed entry is there')
  expectSame((await from(2, 'any')).reset, { reason: 'truncated' }, 'What follows an earlier one is not')
  expectSame((await from(last.seq, 'other')).reset, { reason: 'replaced' }, 'Another entry stood there')
}

function entriesIn(page: { text: string } | null): number {
  // Other cases check the form of the text.
  return page ? (JSON.parse(page.text) as Page).entries.length : 0
}
