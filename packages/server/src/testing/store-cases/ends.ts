import { limits } from '@dowellchat/protocol'
import type { Store, StreamEnd } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { draft, drafts, range, room } from './making.ts'
import { oneStore, type StoreCase } from './store-case.ts'

const key = room('r')

async function endOf(
  store: Store,
  mark?: { nth: number; seq: number; user_ids: string[] },
): Promise<StreamEnd> {
  const [end] = await store.streams.ends([{ ...key, withLast: true, ...(mark && { mark }) }])
  expectTrue(end !== null && end !== undefined, 'A log that was made has an end')
  return end
}

async function unreadOf(store: Store, nth: number, ...user_ids: string[]): Promise<number> {
  return (await endOf(store, { nth, seq: nth, user_ids })).unread
}

export const endCases: readonly StoreCase[] = [
  oneStore(
    '[RL25] says where streams end, and counts what others have written after a mark',
    async (store) => {
      const texts = ['ann', 'ben', 'ben', 'zoe', 'ann', 'zoe']
      await store.streams.append(
        key,
        texts.map((author, n) => draft({ author, message_data: `${n + 1}` })),
      )
      await store.streams.open(room('empty'))
      const all = [key, room('empty'), room('none')]
      const [end, empty, none] = await store.streams.ends(all.map((one) => ({ ...one, withLast: true })))
      expectSame(end?.head.nth, 6, 'The head is that of the last entry')
      expectSame(JSON.parse(end?.last ?? '{}').message_data, '6', 'The last message is told')
      expectSame(
        [empty?.head, empty?.last, none],
        [{ seq: 0, nth: 0, id: null }, null, null],
        'An empty log has no last message, and there may be none',
      )
      const [bare] = await store.streams.ends([key])
      expectSame(bare?.last, null, 'Nor is it read where nobody asks for it')
      const counts = await Promise.all([0, 1, 3, 6].map((nth) => unreadOf(store, nth, 'ann')))
      expectSame(counts, [4, 4, 2, 0], "One's own messages do not count")
      expectSame(await unreadOf(store, 0, 'ann', 'zoe'), 2, 'Nor those under another of their ids')
      await store.streams.remove(key, { targets: [6], reason: 'deleted' })
      await store.streams.remove(key, { targets: [4], reason: 'erased' })
      const { head, last } = await endOf(store)
      expectSame([head.seq, head.nth], [8, 6], 'Removals are entries, and no messages')
      expectSame(JSON.parse(last ?? '{}').kind, 'removed', 'The last message may be a removed one')
      expectSame(await unreadOf(store, 0, 'ann'), 4, 'Removed messages keep their places')
      await store.streams.append(key, [draft({ author: 'ben' })])
      expectSame(
        [await unreadOf(store, 6, 'ann'), await unreadOf(store, 5, 'ann')],
        [1, 2],
        'Entries between them do not count',
      )
      const marks = ['ann', 'ben', 'zoe'].map((id) => ({ ...key, mark: { nth: 3, seq: 3, user_ids: [id] } }))
      const ends = await store.streams.ends(marks)
      expectSame(
        ends.map((one) => one?.unread),
        [3, 3, 3],
        'Several marks in one stream are counted each',
      )
    },
  ),

  oneStore('[RL25] counts no further than the limit, and only what retention has left', async (store) => {
    const most = limits.unread_counted
    for (let sent = 0; sent < most + 100; sent += 100)
      await store.streams.append(key, drafts(100, { author: 'ben' }))
    await store.streams.append(key, drafts(5, { author: 'ann' }))
    expectSame(await unreadOf(store, 0, 'ann'), most, 'The first messages after a mark are counted')
    expectSame(await unreadOf(store, most, 'ann'), 100, 'However far away the beginning is')
    await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', null)
    for (let from: string | null = ''; from !== null; )
      from = (await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', from)).next
    const { head, last } = await endOf(store)
    expectSame([head.nth, last], [most + 105, null], 'A log from which all is gone counts on')
    expectSame(await unreadOf(store, 0, 'ann'), 0, 'What is gone is not unread')
    await store.streams.append(key, drafts(2, { author: 'ben' }))
    expectSame(await unreadOf(store, 0, 'ann'), 2, 'What comes later is')
  }),

  oneStore('[RL25] finds the last message behind many other entries', async (store) => {
    await store.streams.append(key, drafts(80, { author: 'ben' }))
    for (const seq of range(1, 30)) await store.streams.remove(key, { targets: [seq], reason: 'deleted' })
    const { head, last } = await endOf(store)
    expectSame(
      [head.seq, head.nth, JSON.parse(last ?? '{}').nth],
      [110, 80, 80],
      "It is the one with the head's nth",
    )
    expectSame(await unreadOf(store, 75, 'ann'), 5, 'What follows a mark is counted by nth')
  }),
]
