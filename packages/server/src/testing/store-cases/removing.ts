import { isMessage, type Message, type RemovalReason } from '@dowellchat/protocol'
import type { Removal, Store, StreamKey } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { draft, drafts, range, readAll, readEntries, readPage, room, seqs, seqsOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const key = room('r')
const newest = { newest: 50 }
const named = (message_data: string) => draft({ message_data, author: message_data, display_name: 'Ann' })

export const removingCases: readonly StoreCase[] = [
  oneStore('[RE1] takes the texts of removed messages, and keeps their places', async (store) => {
    await store.streams.append(key, [named('ann'), named('ben'), named('cleo'), named('dora')])
    await store.streams.append(room('other'), [named('ann')])
    const before = await readAll(store, key)
    const others = await store.streams.messages(room('other'), { entries: 9, bytes: 1e6 })

    const { removed, head } = await store.streams.remove(key, { targets: [3, 2], reason: 'deleted' })
    expectSame(
      [removed.toSorted(), head],
      [[2, 3], 5],
      'remove answers the seqs it removed, and the new head',
    )
    await store.streams.remove(key, { targets: [4], reason: 'erased' })

    const after = await readAll(store, key)
    const gone = { kind: 'removed', message_data: '' }
    const nobody = { author: null, display_name: null, client_created_at: null }
    const expected = before.map((message) => {
      if (message.seq === 1) return message
      if (message.seq === 4) return { ...message, ...gone, ...nobody, reason: 'erased' }
      return { ...message, ...gone, reason: 'deleted' }
    })
    expectSame(
      after.map(sorted),
      expected.map(sorted),
      'A removed message keeps its place and loses its text',
    )
    const page = await readPage(store, key, newest)
    expectSame(
      page.entries.map(sorted),
      expected.map(sorted),
      'A page of the newest messages has no deletions',
    )
    const stored = JSON.parse(
      (await store.streams.messages(key, { entries: 9, bytes: 1e6 })).text,
    ) as Message[]
    expectSame(stored.map(sorted), expected.map(sorted), 'Messages have no deletions among them')
    const all = JSON.stringify((await store.streams.entries(key, 0)).entries)
    expectSame(
      ['ben', 'cleo', 'dora'].map((text) => all.includes(`"message_data":"${text}"`)),
      [false, false, false],
      'Nobody reads a text that was removed',
    )
    expectSame(
      await store.streams.messages(room('other'), { entries: 9, bytes: 1e6 }),
      others,
      'Removing in one stream changes no other',
    )
  }),

  oneStore('[RE2] tells of a removal by an entry that names the messages', async (store) => {
    const { epoch } = await store.streams.append(key, drafts(3))
    const { id } = (await readPage(store, key, newest)).head
    await store.streams.remove(key, { targets: [1, 3], reason: 'erased' })
    await store.streams.append(key, [draft()])

    const page = await readPage(store, key, { after: { epoch, seq: 3, id }, limit: 50 })
    const [deletion, message] = page.entries
    expectTrue(deletion?.type === 'deletion', 'What follows is the deletion', page.entries)
    const { targets, reason, seq, nth } = deletion
    expectSame(
      [targets.toSorted(), reason, seq, nth],
      [[1, 3], 'erased', 4, 3],
      'A deletion names its messages and counts as none',
    )
    expectSame([message?.seq, message?.nth], [5, 4], 'The next message has the next nth')
    expectSame(page.head, { seq: 5, nth: 4, id: message?._id }, 'The head has both counts')
    const [first, second] = [
      await readPage(store, key, { newest: 2 }),
      await readPage(store, key, { before: 3, limit: 9 }),
    ]
    expectSame(
      [seqs(first), seqs(second)],
      [
        [3, 5],
        [1, 2],
      ],
      'Pages count messages',
    )
    expectSame([first.more, second.more], [true, false], 'More means older messages')
  }),

  oneStore('[RE3] removes once, and as much as the strongest reason says', async (store) => {
    await store.streams.append(key, [draft({ cid: 'one' }), ...drafts(1)])
    const remove = async (targets: number[], reason: RemovalReason) =>
      (await store.streams.remove(key, { targets, reason })).removed
    expectSame(
      await remove([1, 1, 9, 0], 'deleted'),
      [1],
      'What is not there is left out, and nothing is named twice',
    )
    expectSame(await remove([1], 'deleted'), [], 'What was removed is not removed again')
    expectSame(await remove([3], 'deleted'), [], 'A deletion is no message')
    expectSame(await store.streams.has(key, 'ann', 'one'), true, 'A deleted message keeps its cid')
    const [repeated] = (await store.streams.append(key, [draft({ cid: 'one' })])).appended
    expectSame(
      repeated && 'created' in repeated && repeated.created,
      false,
      'A deleted message is not sent again',
    )
    expectSame(await remove([1, 2], 'erased'), [1, 2], 'Erasing takes more than deleting')
    expectSame(await remove([2], 'damaged'), [], 'What is erased stays so')
    expectSame(await store.streams.has(key, 'ann', 'one'), false, 'The cid of an erased message is free')
    expectSame(seqsOf(await readEntries(store, key)), [1, 2, 3, 4], 'What removes nothing appends nothing')
    expectSame(
      await store.streams.remove(room('unknown'), { targets: [1], reason: 'deleted' }),
      { removed: [], head: 0 },
      'Where there is no log there is nothing to remove',
    )
    expectSame(await store.streams.page(room('unknown'), newest), null, 'Removing makes no log')
  }),

  oneStore('[RE3] removes two messages of one cid by different authors', async (store) => {
    await store.streams.append(
      key,
      ['ann', 'ben'].map((author) => draft({ cid: 'same', author })),
    )
    const { removed } = await store.streams.remove(key, { targets: [1, 2], reason: 'erased' })
    expectSame(removed.toSorted(), [1, 2], 'Neither stands in the way of the other')
    await expectRemoved(store, key, [1, 2], [])
  }),

  reopened(
    '[RE1] has removed messages and their deletion after a restart, and goes on from there',
    async (store) => {
      await store.streams.append(key, drafts(1_100))
      await store.streams.remove(key, { targets: range(51, 1_050), reason: 'erased' })
    },
    async (store) => {
      await expectRemoved(store, key, range(51, 1_050), [...range(1, 50), ...range(1_051, 1_100)])
      await store.streams.append(key, [draft()])
      const { head } = await readPage(store, key, newest)
      expectSame([head.seq, head.nth], [1_102, 1_101], 'The next entry follows the deletion')
    },
  ),

  threeStores('[RE2] names each message once, however many remove it while others append', async (stores) => {
    const [first] = stores as readonly [Store]
    await first.streams.append(key, drafts(90))
    const removals: Removal[] = stores.flatMap(() => [
      { targets: range(1, 60), reason: 'erased' } as const,
      { targets: range(31, 80), reason: 'erased' } as const,
    ])
    const removing = removals.map((removal, at) => stores[at % stores.length]?.streams.remove(key, removal))
    const appending = stores.flatMap((store) => range(1, 5).map(() => store.streams.append(key, [draft()])))
    const [answers] = await Promise.all([Promise.all(removing), Promise.all(appending)])
    const removed = answers.flatMap((answer) => answer?.removed ?? [])
    expectSame(removed.toSorted(byNumber), range(1, 80), 'Each message is removed by one of them')
    for (const store of stores) {
      const entries = await readEntries(store, key)
      expectSame(seqsOf(entries), range(1, entries.length), 'Every entry has a place of its own')
      const targets = entries.flatMap((entry) => ('targets' in entry ? entry.targets : []))
      expectSame(targets.toSorted(byNumber), range(1, 80), 'Deletions name each message once')
      expectSame(
        entries.filter(isMessage).map(({ nth }) => nth),
        range(1, 105),
        'Deletions are not counted as messages',
      )
      await expectRemoved(store, key, range(1, 80), range(81, 90))
    }
  }),
]

/** Throws unless these messages are removed, and those are not. */
async function expectRemoved(
  store: Store,
  stream: StreamKey,
  removed: readonly number[],
  kept: readonly number[],
): Promise<void> {
  const all = await readAll(store, stream, 200)
  const at = (seq: number) => all.find((message) => message.seq === seq)
  const left = removed.filter((seq) => at(seq)?.kind !== 'removed' || at(seq)?.message_data !== '')
  expectSame(left, [], 'A message that was removed has no text')
  expectSame(
    kept.filter((seq) => at(seq)?.kind !== 'text'),
    [],
    'A message that was not removed has its text',
  )
}

function byNumber(a: number, b: number): number {
  return a - b
}

/** Drivers may write the fields in any order. */
function sorted(one: object): unknown {
  return Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
