import { type Message, threadStream } from '@dowellchat/protocol'
import type { SearchQuery, Store, StreamKey } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { changeDraft, draft, drafts, newTicket, placedOf, range, room, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const key = room('r')
const nothing = { streams: [], tickets: { customers: [] } } as const
const inRoom = { ...nothing, streams: [key.stream] } as const

async function say(
  store: Store,
  texts: readonly string[],
  to: StreamKey = key,
  author = 'ann',
): Promise<string[]> {
  const some = texts.map((message_data) => draft({ message_data, author }))
  const { appended } = await store.streams.append(to, some)
  return appended.map((one) => placedOf(one).placed._id)
}

/** Indexes everything of some streams; answers in how many calls. */
async function indexAll(store: Store, ...keys: readonly StreamKey[]): Promise<number> {
  let calls = 0
  for (let left = keys; left.length > 0; calls++) {
    expectTrue(calls < 100, 'Indexing comes to an end')
    left = await store.search.index(left)
  }
  return calls
}

/** The texts of all candidates, page by page; no page has more than was asked for. */
async function textsOf(store: Store, query: Partial<SearchQuery>, workspaceId = 'acme'): Promise<string[]> {
  const texts: string[] = []
  const { limit = 50 } = query
  for (let before: string | null | undefined; before !== null; ) {
    const asked = { places: inRoom, terms: ['apple'], ...query, limit, ...(before && { before }) }
    const page = await store.search.find(workspaceId, asked)
    expectTrue(page.candidates.length <= limit, 'A page has as many as were asked for at most')
    texts.push(...page.candidates.map(({ text }) => (JSON.parse(text) as Message).message_data))
    before = page.before
  }
  return texts
}

async function behindOf(store: Store, workspaceId = 'acme'): Promise<string[]> {
  const all: string[] = []
  for (let from: string | null = ''; from !== null; ) {
    const behind = await store.search.behind(workspaceId, from)
    all.push(...behind.streams)
    from = behind.next
  }
  return all
}

async function pruneAll(store: Store): Promise<void> {
  for (let next: string | null = ''; next !== null; )
    next = (await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', next)).next
}

export const searchCases: readonly StoreCase[] = [
  reopened(
    '[FT10] finds messages by their words once they are indexed, the newest first, also after a restart',
    async (store) => {
      await store.search.prepare('acme')
      await say(store, ['apple one', 'pear', 'apple two', 'Äpple three and pear'])
      expectSame(await textsOf(store, {}), [], 'What is not indexed is not found')
      expectSame(await behindOf(store), [key.stream], 'A stream that is not indexed is behind')
      await indexAll(store, key)
      expectSame(await behindOf(store), [], 'A stream that is indexed is not')
      await say(
        store,
        range(1, 210).map((n) => `plum ${n}`),
      )
      expectTrue((await indexAll(store, key)) > 1, 'A call indexes a part of what there is')
      expectSame(await store.search.isComplete('acme'), false, 'Nobody has said that all is indexed')
      await store.search.complete('acme')
      await store.search.complete('acme')
    },
    async (store) => {
      expectSame(await store.search.prepare('acme'), true, 'It is known that all was indexed')
      expectSame(await behindOf(store), [], 'What was indexed is')
      while (await store.search.tidy());
      const three = ['Äpple three and pear', 'apple two', 'apple one']
      expectSame(await textsOf(store, {}), three, 'The newest comes first')
      expectSame(await textsOf(store, { limit: 1 }), three, 'Pages follow each other')
      expectSame(await textsOf(store, { terms: ['pear', 'apple'] }), three.slice(0, 1), 'Each has all terms')
      expectSame(await textsOf(store, { terms: ['app*'] }), three, 'The beginning of a word is a term')
      expectSame((await textsOf(store, { terms: ['plum'] })).length, 210, 'However many there are')
      await textsOf(store, { before: 'What a client makes up' })
    },
  ),

  oneStore('[FT10] looks in the places that are named, and in no other workspace', async (store) => {
    for (const id of ['acme', 'zeta']) await store.search.prepare(id)
    const ticket = rowOf(await store.tickets.create(newTicket({ user_id: 'cleo' })))
    const tickets = { workspace_id: 'acme', stream: `ticket:${ticket._id}` }
    const others = [room('s'), room('r', 'zeta'), tickets]
    const [id = ''] = await say(store, ['apple in r'])
    for (const one of others) await say(store, [`apple in ${one.workspace_id}`], one, 'ben')
    await store.threads.create('acme', { _id: id, parent: key.stream, parent_seq: 1 })
    const thread = { workspace_id: 'acme', stream: threadStream(id) }
    await say(store, ['apple in the thread'], thread)
    await indexAll(store, key, ...others, thread)
    expectSame(await textsOf(store, {}), ['apple in the thread', 'apple in r'], 'A room has its threads')
    expectSame(await textsOf(store, { places: nothing }), [], 'No place has nothing')
    const many = [...range(1, 60).map((n) => `room:none${n}`), 'room:s', key.stream]
    const found = ['apple in the thread', 'apple in acme', 'apple in r']
    const wide = { ...nothing, streams: many }
    expectSame(await textsOf(store, { places: wide }), found, 'Many places have all of theirs')
    expectSame(await textsOf(store, { places: wide, limit: 1 }), found, 'page by page, too')
    for (const [customers, count] of [
      [['ann', 'cleo'], 1],
      [['ann'], 0],
    ] as const)
      expectSame(
        (await textsOf(store, { places: { ...nothing, tickets: { customers } } })).length,
        count,
        'A customer has their own tickets',
      )
    const all = { ...nothing, tickets: 'all' } as const
    expectSame(await textsOf(store, { places: all }), ['apple in acme'], 'All tickets are of one workspace')
    expectSame(
      await textsOf(store, { places: { ...all, streams: many } }),
      ['apple in the thread', 'apple in acme', 'apple in acme', 'apple in r'],
      'Tickets and many rooms go together',
    )
    expectSame(
      await textsOf(store, { places: wide, authors: ['ben'] }),
      ['apple in acme'],
      'Or of one author',
    )
    expectSame(await textsOf(store, {}, 'zeta'), ['apple in zeta'], 'Another workspace has its own')
  }),

  oneStore('[FT11] has what is edited, removed or too old as it is in the log', async (store) => {
    await store.search.prepare('acme')
    const [one = '', two = '', three = ''] = await say(store, [
      'apple one',
      'apple two',
      'apple three',
      'pear',
    ])
    await indexAll(store, key)
    const edit = (message_id: string, seq: number, message_data: string) =>
      store.streams.change(key, changeDraft({ seq, message_id }, { change: 'edited', message_data }))
    await edit(one, 1, 'plum one')
    expectSame(
      await textsOf(store, {}),
      ['apple three', 'apple two'],
      'An edited message has lost its old words',
    )
    expectSame(await textsOf(store, { terms: ['plum'] }), ['plum one'], 'and has its new ones')
    await store.streams.remove(key, { targets: [2], reason: 'erased' })
    expectSame(await textsOf(store, {}), ['apple three'], 'A removed message has none')
    await indexAll(store, key)
    await edit(three, 3, '…')
    await edit(two, 2, 'apple again')
    await indexAll(store, key)
    expectSame(await textsOf(store, {}), [], 'Nor has one without words, or one that is gone for good')
    await edit(three, 3, 'apple')
    await store.streams.remove(key, { targets: [4], reason: 'deleted' })
    expectSame(await textsOf(store, {}), ['apple'], 'Words come back')
    await say(store, ['apple not indexed'])
    await pruneAll(store)
    await indexAll(store, key)
    expectSame(await textsOf(store, {}), [], 'What retention has removed is found no more')
    expectSame(await behindOf(store), [], 'and leaves nothing to index')
    await say(store, ['apple young'])
    await indexAll(store, key)
    expectSame(await textsOf(store, {}), ['apple young'], 'What comes after it is found')
  }),

  oneStore('[FT12] loses all of a workspace that has no search any more, and nothing else', async (store) => {
    const other = room('r', 'zeta')
    for (const id of ['acme', 'zeta']) await store.search.prepare(id)
    await store.streams.append(key, drafts(120, { message_data: 'apple' }))
    await say(store, ['apple'], room('s'))
    await say(store, ['apple'], other)
    await indexAll(store, key, room('s'), other)
    for (const id of ['acme', 'zeta']) await store.search.complete(id)
    let calls = 0
    while (await store.search.drop('acme')) calls++
    expectTrue(calls > 0, 'A call removes a part of it')
    expectSame(await textsOf(store, {}), [], 'Nothing is found')
    expectSame(await store.search.isComplete('acme'), false, 'It would have to be indexed again')
    expectSame((await behindOf(store)).length, 2, 'All of its streams are behind')
    expectSame(await textsOf(store, {}, 'zeta'), ['apple'], 'Another workspace keeps its own')
    expectSame(await store.search.isComplete('zeta'), true, 'and is complete')
    await indexAll(store, key)
    expectSame((await textsOf(store, {})).length, 120, 'What is indexed again is found again')
  }),

  threeStores('[FT13] indexes a stream once, however many servers do at once', async (stores) => {
    const [first, second, third] = stores as readonly [Store, Store, Store]
    for (const store of stores) await store.search.prepare('acme')
    const ids = await say(
      first,
      range(1, 60).map((n) => `apple ${n}`),
    )
    const edited = async (at: number, message_data: string) => {
      const target = { seq: at + 1, message_id: ids[at] ?? '' }
      const outcome = await second.streams.change(
        key,
        changeDraft(target, { change: 'edited', message_data }),
      )
      expectTrue('text' in outcome, 'An edit is done', outcome)
    }
    await Promise.all([
      ...stores.map((store) => indexAll(store, key)),
      ...range(0, 3).map((at) => edited(at, `plum ${at}`)),
      third.streams.remove(key, { targets: [30, 31, 59], reason: 'deleted' }),
    ])
    await Promise.all(stores.map((store) => indexAll(store, key)))
    for (const store of stores) {
      const apples = await textsOf(store, {})
      expectSame(apples.length, 60 - 4 - 3, 'Each message is found once, and no other')
      expectSame(apples.toSorted(), [...new Set(apples)].toSorted(), 'as often as it is there')
      expectSame(
        (await textsOf(store, { terms: ['plum'] })).length,
        4,
        'Edits that were made meanwhile are in',
      )
    }
  }),

  oneStore('[S21] prepares, and drops, the index of one workspace alone', async (store) => {
    const { search } = store
    await search.prepare('acme')
    await store.streams.append(room('r'), [draft()])
    expectSame((await search.behind('other', null)).streams, [], 'Another workspace has nothing to index')
    while ((await search.index([room('r')])).length > 0);
    await search.complete('acme')
    expectSame(await search.prepare('other'), false, 'Another workspace is not complete by that')
    await search.drop('other')
    expectSame(await search.isComplete('acme'), true, 'Dropping the index of another one drops nothing of it')
  }),
]
