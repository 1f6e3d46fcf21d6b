import { threadStream } from '@dowellchat/protocol'
import type { Store, StreamKey } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { draft, drafts, ids, placedOf, room } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const key = room('r')

/** Sends so many messages and makes threads of them; answers their ids. */
async function startThreads(store: Store, count: number, to: StreamKey = key): Promise<string[]> {
  const { appended } = await store.streams.append(to, drafts(count))
  const placed = appended.map((one) => placedOf(one).placed)
  for (const { _id, seq } of placed)
    await store.threads.create(to.workspace_id, { _id, parent: to.stream, parent_seq: seq })
  return ids(placed)
}

function threadKey(id: string, workspace_id = 'acme'): StreamKey {
  return { workspace_id, stream: threadStream(id) }
}

async function pruneAll(store: Store): Promise<number> {
  let removed = 0
  for (let next: string | null = ''; next !== null; ) {
    const pruned = await store.threads.prune('acme', next)
    removed += pruned.removed
    next = pruned.next
  }
  return removed
}

async function pruneMessages(store: Store): Promise<void> {
  for (let next: string | null = ''; next !== null; )
    next = (await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', next)).next
}

export const threadCases: readonly StoreCase[] = [
  reopened(
    '[TD7] makes a thread of a message once, and keeps where it belongs to',
    async (store) => {
      const [id = ''] = await startThreads(store, 1)
      const again = await store.threads.create('acme', { _id: id, parent: key.stream, parent_seq: 1 })
      return again
    },
    async (store, { _id, created_at }) => {
      const expected = { _id, parent: key.stream, parent_seq: 1, created_at }
      expectSame({ ...(await store.threads.get('acme', _id)) }, expected, 'A thread is there after a restart')
      expectSame(await store.threads.get('acme', 'unknown'), null, 'There is no other thread')
      expectSame(await store.threads.get('other', _id), null, 'Nor in another workspace')
    },
  ),

  threeStores('[TD7] makes one thread, however many start it at once', async (stores) => {
    const [first] = stores as readonly [Store]
    const { appended } = await first.streams.append(key, [draft()])
    const { _id } = placedOf(appended[0]).placed
    const thread = { _id, parent: key.stream, parent_seq: 1 }
    const made = await Promise.all(stores.map((store) => store.threads.create('acme', thread)))
    expectSame(new Set(made.map(({ created_at }) => created_at)).size, 1, 'All get the same thread')
  }),

  oneStore('[TD8] counts the messages of threads, and says who wrote last', async (store) => {
    const [some = '', none = '', other = ''] = [
      ...(await startThreads(store, 2)),
      ...(await startThreads(store, 1, room('other'))),
    ]
    const authors = ['ann', 'ben', 'ann', 'cleo', 'dora', 'cleo']
    const { appended } = await store.streams.append(
      threadKey(some),
      authors.map((author) => draft({ author })),
    )
    await store.streams.remove(threadKey(some), { targets: [1], reason: 'deleted' })
    const [first, second, ...others] = await store.threads.list('acme', key.stream, [
      some,
      none,
      other,
      'x',
      some,
    ])
    expectSame(others, [], 'Threads of other streams, and those that are unknown, are left out')
    const last = placedOf(appended.at(-1)).placed.created_at
    const written = { _id: some, parent: key.stream, parent_seq: 1, count: 6, last_at: last }
    expectSame(
      { ...first },
      { ...written, last_authors: ['cleo', 'dora', 'ann'] },
      'A thread counts all of its messages, and says who wrote the last ones',
    )
    const empty = { _id: none, parent: key.stream, parent_seq: 2, count: 0, last_at: null, last_authors: [] }
    expectSame({ ...second }, empty, 'A thread without messages is there too')
    expectSame(await store.threads.list('other', key.stream, [some]), [], 'Nor are they in another workspace')
  }),

  oneStore('[TD12] removes a thread once its message and its own messages are gone', async (store) => {
    const [kept = '', over = '', young = ''] = await startThreads(store, 3)
    expectSame(await pruneAll(store), 0, 'A thread stays as long as its message')
    await store.streams.append(threadKey(kept), [draft()])
    await pruneMessages(store)
    await store.streams.append(threadKey(young), [draft()])
    await store.streams.append(key, [draft()])
    expectSame(await pruneAll(store), 2, 'Threads of which nothing is left go')
    expectSame(
      [await store.threads.get('acme', kept), await store.threads.get('acme', over)],
      [null, null],
      'They are gone',
    )
    expectTrue((await store.threads.get('acme', young)) !== null, 'One that has a message stays')
    await pruneMessages(store)
    expectSame(await pruneAll(store), 1, 'Until that is gone too')
  }),

  oneStore('[TD12] looks at a bounded number of threads at a call', async (store) => {
    await startThreads(store, 150)
    await pruneMessages(store)
    const first = await store.threads.prune('acme', null)
    expectTrue(first.removed <= 100 && first.next !== null, 'A call removes 100 threads at most', first)
    expectSame(first.removed + (await pruneAll(store)), 150, 'Further calls remove the others')
  }),
]
