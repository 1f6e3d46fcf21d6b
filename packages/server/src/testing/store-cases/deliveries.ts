import type { DeliveryNote, DeliveryRow, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { draft, drafts, room } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`
const stream = room('r').stream

export function newNote(more: Partial<DeliveryNote> = {}): DeliveryNote {
  return { consumer: 'hook', stream, since: at(0), head: 1, due_at: at(1), ...more }
}

async function rowOf(store: Store, name = stream): Promise<DeliveryRow> {
  const row = await store.deliveries.get('acme', 'hook', name)
  if (!row) throw new Error(`There is no row of ${name}`)
  return row
}

async function streamsDue(store: Store, now: string, limit = 10): Promise<string[]> {
  return (await store.deliveries.due('hook', now, limit)).map(({ row }) => row.stream)
}

export const deliveryCases: readonly StoreCase[] = [
  reopened(
    '[WH10] keeps since when a workspace is followed, and how far its streams were delivered',
    async (store) => {
      expectSame(await store.deliveries.follow('acme', 'hook', at(1)), at(1), 'It is followed from now on')
      expectSame(await store.deliveries.follow('acme', 'hook', at(2)), at(1), 'Not anew')
      await store.deliveries.note('acme', [newNote({ head: 7 })])
      const row = await rowOf(store)
      const change = { epoch: 'e', seq: 5, failures: 2, failing_since: at(3), problem: 'It answers 500' }
      return store.deliveries.settle('acme', row, { ...change, due_at: at(9), parked_at: at(8) })
    },
    async (store, settled) => {
      expectSame({ ...(await rowOf(store)) }, { ...settled }, 'The row is there after a restart')
      expectSame(await store.deliveries.follow('acme', 'hook', at(3)), at(1), 'And since when')
      expectSame(await store.deliveries.get('other', 'hook', stream), null, 'Not in another workspace')
    },
  ),

  oneStore('[WH11] says what is due, what has waited longest first', async (store) => {
    const notes = ['b', 'a', 'c'].map((name, n) => newNote({ stream: name, due_at: at(n + 1) }))
    await store.deliveries.note('acme', notes)
    await store.deliveries.note('other', [newNote({ stream: 'd', due_at: at(2) })])
    await store.deliveries.note('acme', [newNote({ consumer: 'another', stream: 'e' })])
    expectSame(await streamsDue(store, at(0)), [], 'Nothing is due before its time')
    expectSame((await streamsDue(store, at(2))).sort(), ['a', 'b', 'd'], 'What is due is, in all workspaces')
    expectSame(await streamsDue(store, at(9), 1), ['b'], 'No more than is asked for')
    const places = (await store.deliveries.due('hook', at(9), 10)).map((one) => one.workspace_id)
    expectSame(places.sort(), ['acme', 'acme', 'acme', 'other'], 'With their workspaces')
  }),

  oneStore('[WH11] loses no note, and lets none hasten what has failed', async (store) => {
    const { note, settle } = store.deliveries
    await note('acme', [newNote({ head: 3, due_at: at(5) }), newNote({ head: 2, due_at: at(4) })])
    const first = await rowOf(store)
    expectSame([first.noted, first.due_at, first.seq], [3, at(5), null], 'The highest seq counts')
    await note('acme', [newNote({ head: 2, due_at: at(1) })])
    expectSame({ ...(await rowOf(store)) }, { ...first }, 'What is known changes nothing')
    await note('acme', [newNote({ head: 4, due_at: at(1) })])
    const second = await rowOf(store)
    expectSame([second.noted, second.due_at], [4, at(1)], 'What is due sooner is')
    expectSame(
      await settle('acme', first, { seq: 3, due_at: null }),
      null,
      'Who has not heard of it settles nothing',
    )
    const done = await settle('acme', second, { seq: 4, due_at: null })
    expectSame(done?.due_at, null, 'Who has, does')
    await note('acme', [newNote({ head: 4 })])
    expectSame((await rowOf(store)).due_at, null, 'What was delivered is not due again')
    await note('acme', [newNote({ head: 5, due_at: at(7) })])
    expectSame((await rowOf(store)).due_at, at(7), 'What is new is')
    await settle('acme', await rowOf(store), { failures: 1, due_at: at(9) })
    await note('acme', [newNote({ head: 5, due_at: at(1) })])
    await note('acme', [newNote({ head: 6, due_at: at(1) })])
    expectSame((await rowOf(store)).due_at, at(9), 'What has failed waits for its next try')
    await settle('acme', await rowOf(store), { due_at: null, parked_at: at(8), failing_since: at(7) })
    await note('acme', [newNote({ head: 7, due_at: at(1) })])
    const parked = await rowOf(store)
    expectSame([parked.noted, parked.due_at], [7, null], 'What is parked stays so')
  }),

  oneStore('[WH10] lists the rows of a consumer, and those that fail', async (store) => {
    await store.deliveries.follow('acme', 'hook', at(0))
    await store.deliveries.note(
      'acme',
      ['c', 'a', 'b'].map((name) => newNote({ stream: name })),
    )
    await store.deliveries.settle('acme', await rowOf(store, 'b'), { failing_since: at(1) })
    const list = async (after: string, limit: number, isFailing = false) => {
      const rows = await store.deliveries.list('acme', { consumer: 'hook', after, limit, isFailing })
      return rows.map((row) => row.stream)
    }
    expectSame(await list('', 2), ['a', 'b'], 'In the order of their streams')
    expectSame(await list('b', 9), ['c'], 'Page by page')
    expectSame(await list('', 9, true), ['b'], 'Or only those that fail')
  }),

  oneStore('[WH10] keeps what is delivered once until it was', async (store) => {
    await store.deliveries.note('acme', [newNote({ stream: 'missed:1', event_text: '{"user_id":"ann"}' })])
    const row = await rowOf(store, 'missed:1')
    expectSame(row.event_text, '{"user_id":"ann"}', 'It is there')
    const wrong = { _id: row._id, version: row.version + 1 }
    expectSame(await store.deliveries.remove('acme', wrong), false, 'Who has not read it removes nothing')
    expectSame(await store.deliveries.remove('acme', row), true, 'Who has, does')
    expectSame(await store.deliveries.get('acme', 'hook', 'missed:1'), null, 'It is gone')
  }),

  threeStores('[WH12] lets one of several go on with a stream', async (stores) => {
    const [first] = stores as readonly [Store]
    await Promise.all(
      stores.map((store, n) =>
        store.deliveries.note('acme', [newNote({ head: n + 1 }), newNote({ stream: `s${n}` })]),
      ),
    )
    const row = await rowOf(first)
    expectSame(row.noted, 3, 'No note is lost')
    const settled = await Promise.all(stores.map((store) => store.deliveries.settle('acme', row, { seq: 3 })))
    expectSame(settled.filter((one) => one !== null).length, 1, 'One of them settles it')
    const since = await Promise.all(stores.map((store, n) => store.deliveries.follow('acme', 'hook', at(n))))
    expectSame(new Set(since).size, 1, 'All know the same beginning')
  }),

  oneStore('[WH20] keeps who was told of a stream, and up to where', async (store) => {
    const notice = { consumer: 'hook', stream, user_id: 'ann', nth: 3, at: at(1) }
    await store.deliveries.tell('acme', [notice, { ...notice, user_id: 'ben' }])
    await store.deliveries.tell('acme', [{ ...notice, nth: 5, at: at(2) }])
    const told = await store.deliveries.told('acme', 'hook', stream, ['ann', 'zoe'])
    expectSame(
      told.map(({ _id, ...rest }) => rest),
      [{ ...notice, nth: 5, at: at(2) }],
      'The last counts',
    )
    expectSame(await store.deliveries.told('other', 'hook', stream, ['ann']), [], 'Not in another workspace')
    expectSame(await store.deliveries.told('acme', 'another', stream, ['ann']), [], 'Nor by another')
  }),

  oneStore('[WH13] finds the last entry from before a time, and the names of streams', async (store) => {
    const key = room('r')
    await store.streams.append(key, drafts(3))
    // Ids tell the time in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5))
    const created_at = new Date().toISOString()
    await store.streams.append(key, [draft()])
    const before = await store.streams.madeBefore(key, created_at)
    expectSame(before, 3, 'Those from before the time are counted')
    expectSame(await store.streams.madeBefore(key, '9999-01-01T00:00:00.000Z'), 4, 'Or all')
    expectSame(await store.streams.madeBefore(key, '2000-01-01T00:00:00.000Z'), 0, 'Or none')
    expectSame(await store.streams.madeBefore(room('none'), created_at), 0, 'Or none of no stream')
    await store.streams.open(room('a'))
    const [a, r] = [room('a').stream, key.stream]
    expectSame(await store.streams.names('acme', '', 9), [a, r], 'The names have their order')
    expectSame(await store.streams.names('acme', a, 1), [r], 'Page by page')
    expectTrue((await store.streams.names('other', '', 9)).length === 0, 'Each workspace has its own')
  }),
]
