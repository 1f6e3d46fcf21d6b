import type { Change, Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { change, range } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const future = '9999-01-01T00:00:00.000Z'

/** The seqs and workspaces of the changes after a seq. */
async function readFrom(store: Store, seq: number): Promise<{ seqs: number[]; names: string[] }> {
  const found = await store.changes.after(seq)
  return { seqs: found.map((one) => one.seq), names: found.map((one) => one.change.workspace_id) }
}

/** Changes that are told apart by their workspaces. */
function changesOf(names: readonly string[]): Change[] {
  return names.map((workspace_id) => change({ workspace_id }))
}

export const changeCases: readonly StoreCase[] = [
  oneStore('[S26] keeps changes in one order, without holes, for every server to read on', async (store) => {
    expectSame(
      [await store.changes.head(), await store.changes.after(0)],
      [0, []],
      'The log is empty at first',
    )
    await store.changes.append([change({ workspace_id: 'ann' }), ...changesOf(['ben'])])
    await store.changes.append(changesOf(['zoe']))
    const [first] = await store.changes.after(0)
    expectSame(
      first,
      { seq: 1, change: change({ workspace_id: 'ann' }) },
      'A change is read as it was appended',
    )
    const all = { seqs: [1, 2, 3], names: ['ann', 'ben', 'zoe'] }
    expectSame(await readFrom(store, 0), all, 'after answers what follows, in order')
    expectSame(await readFrom(store, 2), { seqs: [3], names: ['zoe'] }, 'after leaves out what is known')
    expectSame(
      [await store.changes.head(), await store.changes.after(3)],
      [3, []],
      'Nothing follows the head',
    )
  }),

  oneStore('[S26] gives at most 500 changes at a time', async (store) => {
    const names = range(1, 700).map((n) => `user ${n}`)
    await store.changes.append(changesOf(names))
    const first = await readFrom(store, 0)
    const second = await readFrom(store, first.seqs.at(-1) ?? 0)
    expectSame([first.seqs.length, second.seqs.length], [500, 200], 'A reader pages through the log')
    expectSame([...first.names, ...second.names], names, 'A reader meets every change once')
  }),

  oneStore('[S26] removes old changes, keeps the last one and counts on', async (store) => {
    await store.changes.append(changesOf(range(1, 1_201).map((n) => `user ${n}`)))
    await store.changes.prune('2000-01-01T00:00:00.000Z')
    expectSame((await readFrom(store, 0)).seqs.length, 500, 'What is young stays')
    await store.changes.prune(future)
    expectSame(await readFrom(store, 0), { seqs: [1_201], names: ['user 1201'] }, 'The last change stays')
    await store.changes.append([change()])
    expectSame(await store.changes.head(), 1_202, 'No seq is given twice')
    expectSame((await readFrom(store, 0)).seqs, [1_201, 1_202], 'A reader goes on after what is gone')
  }),

  oneStore('[PD2] gives people other ids in the changes of their workspace', async (store) => {
    const of = (workspace_id: string, user_id: string): Change[] => [
      { kind: 'guest_became_user', workspace_id, guest_id: 'guest:1', user_id },
      { kind: 'sessions_revoked', workspace_id, user_id, revoked_before: future },
      { kind: 'lines_moved', workspace_id, line_managers: [user_id, 'zoe'], server: 'ann' },
      { kind: 'room_changed', workspace_id, room: 'ann', user_ids: [user_id, 'ben'], server: 'ann' },
      { kind: 'open_room_closed', workspace_id, room: 'ann', closed_at: 'ann', server: 'ann' },
      { kind: 'ticket_changed', workspace_id, ticket_id: 'ann', user_id, is_new: true, server: 'ann' },
      { kind: 'topic_changed', workspace_id, name: 'ann', server: 'ann' },
      { kind: 'line_manager_changed', workspace_id, user_id, server: 'ann' },
      { kind: 'user_changed', workspace_id, user_id, server: 'ann' },
    ]
    await store.changes.append([...of('acme', 'ann'), ...of('acme', 'ben'), ...of('other', 'ann')])
    await store.changes.append(changesOf(range(1, 600).map(String)))
    await store.changes.append(of('acme', 'ann'))
    const all = async () => [...(await store.changes.after(0)), ...(await store.changes.after(500))]
    const before = await all()
    const renamed = { ann: 'erased:ann', 'guest:1': 'erased:guest' }
    for (let after: number | null = 0; after !== null; )
      after = await store.changes.rename('acme', renamed, after)
    const expected = before.map(({ seq, change }) => {
      if (change.workspace_id !== 'acme') return { seq, change }
      const text = JSON.stringify(change)
        .replace('"guest:1"', '"erased:guest"')
        .replace('"user_id":"ann"', '"user_id":"erased:ann"')
        .replace('["ann",', '["erased:ann",')
      return { seq, change: JSON.parse(text) as Change }
    })
    expectSame(
      await all(),
      expected,
      'Each change of the workspace has the new ids, and nothing else is different',
    )
  }),

  reopened(
    '[S26] keeps changes over a restart',
    (store) => store.changes.append(changesOf(['ann', 'ben'])),
    async (store) => {
      await store.changes.append(changesOf(['zoe']))
      const all = { seqs: [1, 2, 3], names: ['ann', 'ben', 'zoe'] }
      expectSame(await readFrom(store, 0), all, 'A log goes on after a restart')
    },
  ),

  threeStores('[S26] gives changes that come through several connections one order', async (stores) => {
    const names = stores.flatMap((_, at) => range(1, 10).map((n) => `${at} ${n}`))
    await Promise.all(
      stores.map(async (store, at) => {
        for (const n of range(1, 5))
          await store.changes.append(changesOf([`${at} ${2 * n - 1}`, `${at} ${2 * n}`]))
      }),
    )
    for (const store of stores) {
      const all = await readFrom(store, 0)
      expectSame(all.seqs, range(1, 30), 'The seqs have no holes and no doubles')
      expectSame(all.names.toSorted(), names.toSorted(), 'Every change is there once')
    }
  }),
]
