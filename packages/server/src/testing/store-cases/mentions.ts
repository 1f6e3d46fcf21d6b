import { limits } from '@dowellchat/protocol'
import type { MessageDraft, Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { draft, drafts, placedOf, range, readAll, room } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const key = room('r')

const mentioning = (...mentioned: string[]): MessageDraft =>
  draft({ mentioned, mentions: mentioned.map((user_id, at) => ({ user_id, start: at, end: at + 1 })) })

function countOf(store: Store, userIds: readonly string[], nth: number): Promise<number> {
  return store.streams.mentionsAfter(key, userIds, nth)
}

/** Five messages, of which the third and the fifth mention ann, the third and the fourth ben. */
async function mentionPeople(store: Store): Promise<void> {
  const third = mentioning('ann', 'ben')
  await store.streams.append(key, [...drafts(2), third, mentioning('ben'), mentioning('ann')])
  await store.streams.append(key, [third])
  await store.streams.append(room('other'), [mentioning('ann')])
}

async function expectCounted(store: Store): Promise<void> {
  const counts = [
    { users: ['ann'], nth: 0, count: 2 },
    { users: ['ann'], nth: 2, count: 2 },
    { users: ['ann'], nth: 3, count: 1 },
    { users: ['ann'], nth: 5, count: 0 },
    { users: ['ben'], nth: 0, count: 2 },
    { users: ['cleo'], nth: 0, count: 0 },
    { users: ['ann', 'ben'], nth: 0, count: 3 },
    { users: [], nth: 0, count: 0 },
  ]
  for (const { users, nth, count } of counts)
    expectSame(
      await countOf(store, users, nth),
      count,
      `${count} messages after the ${nth}th mention ${users.join(' or ') || 'nobody'}, each once`,
    )
}

export const mentionCases: readonly StoreCase[] = [
  reopened('[TD6] counts the messages after one that mention somebody', mentionPeople, expectCounted),

  oneStore('[TD6] has none in a stream that was never opened', async (store) => {
    expectSame(await countOf(store, ['ann'], 0), 0, 'Nobody is mentioned where nothing was said')
    expectSame(await store.streams.message(key, { id: 'x', seq: 1 }), null, 'Nor is there a message')
  }),

  oneStore('[TD6] counts no message that is removed', async (store) => {
    await mentionPeople(store)
    await store.streams.remove(key, { targets: [3], reason: 'deleted' })
    expectSame(await countOf(store, ['ann'], 0), 1, 'A message that is removed mentions nobody')
    expectSame(await countOf(store, ['ben'], 0), 1, 'A message that is removed mentions nobody')
    await store.streams.remove(key, { targets: [4, 5], reason: 'erased' })
    expectSame(await countOf(store, ['ann', 'ben'], 0), 0, 'Nor does one that is erased')
  }),

  oneStore('[TD6] counts no message that retention has removed', async (store) => {
    await mentionPeople(store)
    for (let next: string | null = ''; next !== null; )
      next = (await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', next)).next
    expectSame(await countOf(store, ['ann', 'ben'], 0), 0, 'What is gone mentions nobody')
  }),

  oneStore('[TD6] counts only as far as the protocol says', async (store) => {
    const most = limits.unread_counted
    for (let left = most + 10; left > 0; left -= 100)
      await store.streams.append(
        key,
        range(1, Math.min(left, 100)).map(() => mentioning('ann')),
      )
    expectSame(await countOf(store, ['ann'], 0), most, 'Counting ends at the limit')
    expectSame(await countOf(store, ['ann'], 20), most - 10, 'Below it every mention counts')
  }),

  oneStore('[TD3] finds a message by its place, or by its id alone', async (store) => {
    const some = await store.streams.append(key, drafts(120))
    await store.streams.remove(key, { targets: [7], reason: 'deleted' })
    await store.streams.append(room('other'), drafts(1))
    const all = await readAll(store, key, 200)
    for (const message of all.filter(({ seq }) => seq % 17 === 1 || seq === 7)) {
      const { _id: id, seq } = message
      for (const target of [{ id, seq }, { id }])
        expectSame(
          (await store.streams.message(key, target))?.seq,
          seq,
          `Message ${seq} is found, by ${JSON.stringify(target)}`,
        )
      expectSame(
        await store.streams.message(key, { id, seq: seq + 1 }),
        null,
        'A message is found at its own place alone',
      )
      expectSame(await store.streams.message(room('other'), { id }), null, 'Nor in another stream')
    }
    expectSame(
      (await store.streams.message(key, all[6] ? { id: all[6]._id } : { id: '' }))?.kind,
      'removed',
      'One that was removed says so',
    )
    const { _id } = placedOf(some.appended[0]).placed
    const unknown = [`${_id.slice(0, -4)}ffff`, '0192f0c1-2345-7abc-8def-0123456789ab', 'ffff', '']
    for (const id of unknown)
      expectSame(await store.streams.message(key, { id }), null, `There is no message ${id}`)
    expectSame(await store.streams.message(key, { id: _id, seq: 999 }), null, 'Nothing is past the end')
    expectSame(await store.streams.message(key, { id: _id, seq: 121 }), null, 'A deletion is no message')
  }),
]
