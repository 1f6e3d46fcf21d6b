import { limits, type Message } from '@dowellchat/protocol'
import type { MessageDraft, Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { draft, drafts, placedOf, range, readAll, room } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const key = room('r')

const mentioning = (...mentioned: string[]): MessageDraft =>
  draft({ mentioned, mentions: mentioned.map((user_id, at) => ({ user_id, start: at, end: at + 1 })) })

async function countOf({ streams }: Store, user_ids: readonly string[], nth: number): Promise<number> {
  const count = await streams.mentionsAfter(key, user_ids, nth)
  const [end] = await streams.ends([{ ...key, mark: { nth, seq: nth, user_ids } }])
  expectSame(end?.mentions ?? count, count, 'Mentions that are counted with what is unread are the same')
  return count
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

  oneStore('[TD6] counts what an edited message mentions now', async (store) => {
    await mentionPeople(store)
    const { _id: message_id, author } = (await readAll(store, key))[2] as Message
    const mentioned = ['cleo', 'ann']
    const content = { change: 'edited', message_data: 'New', mentioned } as const
    const made = { cid: 'an edit', fingerprint: 'as sent', user_ids: [author ?? ''] }
    const target = { seq: 3, message_id }
    await store.streams.change(key, { ...made, target, content })
    const counts = async () => [
      await countOf(store, ['ann'], 0),
      await countOf(store, ['ben'], 0),
      await countOf(store, ['cleo'], 0),
    ]
    expectSame(await counts(), [2, 1, 1], 'An edit mentions whom it says, and nobody else')
    const reacted = { change: 'reacted', reaction: '+1' } as const
    await store.streams.change(key, { ...made, cid: 'a reaction', target, content: reacted })
    expectSame(await counts(), [2, 1, 1], 'Another change leaves the mentions as they are')
    const plain = { change: 'edited', message_data: 'Plain' } as const
    await store.streams.change(key, { ...made, cid: 'another', target, content: plain })
    expectSame(await counts(), [1, 1, 0], 'An edit without mentions mentions nobody')
  }),

  oneStore('[TD6] counts no mention of somebody who is erased', async (store) => {
    await mentionPeople(store)
    await store.streams.forget(key, [1, 2, 3, 4, 5], { ann: 'erased:1' })
    expectSame(await countOf(store, ['ann', 'erased:1'], 0), 0, 'Who is erased is not mentioned any more')
    expectSame(await countOf(store, ['ben'], 0), 2, 'Others are')
  }),

  oneStore('[TD3] finds where a message is by its id alone', async (store) => {
    const some = await store.streams.append(key, drafts(120))
    await store.streams.remove(key, { targets: [7], reason: 'deleted' })
    await store.streams.append(room('other'), drafts(1))
    const all = await readAll(store, key, 200)
    for (const { _id, seq } of all.filter(({ seq }) => seq % 17 === 1 || seq === 7)) {
      expectSame(await store.streams.seqOf(key, _id), seq, `Message ${seq} is found by its id`)
      expectSame(await store.streams.seqOf(room('other'), _id), null, 'Nor in another stream')
    }
    const { _id } = placedOf(some.appended[0]).placed
    const unknown = [`${_id.slice(0, -4)}ffff`, '0192f0c1-2345-7abc-8def-0123456789ab', 'ffff', '']
    for (const id of unknown)
      expectSame(await store.streams.seqOf(key, id), null, `There is no message ${id}`)
  }),
]
