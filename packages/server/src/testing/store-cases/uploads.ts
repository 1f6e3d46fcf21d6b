import type { Store, UploadRow } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { draft, naming, newUpload, range, room, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const at = '2026-01-01T12:00:00.000Z'
const later = '2026-01-03T00:00:00.000Z'

/** Makes an upload that a message may name. */
async function finished(store: Store, change: Parameters<typeof newUpload>[0] = {}): Promise<UploadRow> {
  const { _id } = rowOf(await store.uploads.create(newUpload(change)))
  const row = await store.uploads.finish(change.workspace_id ?? 'acme', _id, later)
  expectTrue(row !== null, 'An upload that is there can be finished')
  return row
}

async function statesOf(store: Store, ids: readonly string[]): Promise<(string | undefined)[]> {
  const rows = await Promise.all(ids.map((id) => store.uploads.get('acme', id)))
  return rows.map((row) => row?.state)
}

/** Makes uploads until one is refused; answers how many there are, and why there are no more. */
async function fillDay(store: Store, change: Parameters<typeof newUpload>[0]): Promise<[number, string]> {
  for (let count = 0; ; count += 1) {
    const creation = await store.uploads.create(newUpload(change))
    if ('conflict' in creation) return [count, creation.conflict]
  }
}

export const uploadCases: readonly StoreCase[] = [
  reopened(
    '[FI30] keeps an upload over a restart, with all that was said of it',
    async (store) => {
      const said = { sha256: 'a'.repeat(64), width: 3, height: 4, duration_ms: 5, name: 'Ü "1".png' }
      const upload = newUpload({ ...said, cid: 'first' })
      const made = rowOf(await store.uploads.create(upload))
      const { _id, created_at, ...row } = { ...made }
      const {
        workspace_id: _,
        day: _day,
        most_user_bytes: _user,
        most_workspace_bytes: _all,
        ...expected
      } = upload
      const message = { stream: null, message_author: null, message_cid: null, named_at: null }
      expectSame(row, { ...expected, ...message, state: 'created' }, 'An upload has what was said of it')
      expectTrue(_id !== '' && created_at !== '', 'It has an id and a time')
      return made
    },
    async (store, made) => {
      const expected = { ...made }
      expectSame({ ...(await store.uploads.get('acme', made._id)) }, expected, 'It is there after a restart')
      expectSame(await store.uploads.get('acme', 'unknown'), null, 'There is no other upload')
    },
  ),

  oneStore('[FI30] answers a repeated cid with its upload, and refuses it for another', async (store) => {
    const upload = newUpload({ cid: 'first', user_id: 'guest:1' })
    const { _id } = rowOf(await store.uploads.create(upload))
    for (const who of [{}, { user_id: 'ann', earlier_ids: ['guest:1'] }]) {
      const again = await store.uploads.create({ ...upload, ...who })
      expectSame('row' in again && [again.row._id, again.created], [_id, false], 'A cid makes an upload once')
    }
    const other = await store.uploads.create({ ...upload, fingerprint: 'another' })
    expectSame(other, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const [count] = await fillDay(store, { user_id: 'guest:1' })
    expectSame(count, 9, 'A repetition takes nothing of the day')
  }),

  oneStore('[FI31] keeps users and workspaces to what they may upload in a day', async (store) => {
    expectSame(await fillDay(store, {}), [10, 'limit'], 'A user has a limit')
    const ben = { user_id: 'ben' }
    expectSame(await fillDay(store, ben), [5, 'workspace_limit'], 'Their workspace has one too')
    expectSame(await fillDay(store, { ...ben, day: '2026-01-02' }), [10, 'limit'], 'Each day has its own')
    expectSame(await fillDay(store, { workspace_id: 'other' }), [10, 'limit'], 'As has each workspace')
    const guest = { user_id: 'guest:1', most_guests_bytes: 700, day: '2026-01-04' }
    expectSame((await fillDay(store, guest))[0], 7, 'Guests have a limit')
    const another = { ...guest, user_id: 'guest:2' }
    expectSame(await fillDay(store, another), [0, 'guests_limit'], 'It is one for all of them')
    expectSame(
      await fillDay(store, { ...ben, day: '2026-01-04' }),
      [8, 'workspace_limit'],
      'Users have the rest',
    )
    const large = newUpload({ ...ben, day: '2026-01-03', size: 1_001 })
    expectSame(await store.uploads.create(large), { conflict: 'limit' }, 'No upload is larger than a day')
    let forgotten = 0
    for (let some = 1; some > 0; forgotten += some)
      some = await store.uploads.forgetDays('acme', '2026-01-02')
    expectSame(forgotten, 3, 'What was uploaded on old days is forgotten, in the own workspace')
    expectSame(await fillDay(store, {}), [10, 'limit'], 'A day that is forgotten is empty')
    expectSame((await fillDay(store, { ...ben, day: '2026-01-02' }))[0], 0, 'Others stay')
  }),

  threeStores('[FI31] takes no byte too many when uploads begin at once', async (stores) => {
    const creations = await Promise.all(
      range(1, 24).map((n) => (stores[n % 3] as Store).uploads.create(newUpload())),
    )
    const made = creations.filter((one) => 'row' in one).length
    expectSame(made, 10, 'Of many that begin at once as many are made as there is room for')
  }),

  oneStore('[FI32] lets a message name what its sender has finished, all or nothing', async (store) => {
    const { uploads } = store
    const [first, second] = [await finished(store), await finished(store)]
    const open = rowOf(await uploads.create(newUpload()))
    const bens = await finished(store, { user_id: 'ben' })
    const refused = async (id: string) => {
      const named = await uploads.name('acme', naming([first._id, id]))
      return 'refused' in named ? [named.refused, named.upload_id] : named
    }
    expectSame(await refused(open._id), ['unfinished', open._id], 'What is not finished is refused')
    expectSame(await refused(bens._id), ['missing', bens._id], "As is somebody else's")
    expectSame(await refused('unknown'), ['missing', 'unknown'], 'And what is not there')
    expectSame(await statesOf(store, [first._id]), ['finished'], 'Then nothing is named')

    const both = naming([second._id, first._id])
    const named = await uploads.name('acme', both)
    expectTrue('uploads' in named, 'Finished uploads of the sender can be named', named)
    expectSame(
      named.uploads.map(({ _id, state, stream, message_author, message_cid, named_at }) =>
        [_id, state, stream, message_author, message_cid, named_at].join(' '),
      ),
      [second, first].map(({ _id }) => `${_id} named room:r ann named ${at}`),
      'They are answered in the order in which they were named',
    )
    const again = await uploads.name('acme', both)
    expectTrue('uploads' in again, 'Repeating it answers the same', again)
    for (const change of [{ cid: 'another' }, { stream: 'room:s' }, { author: 'guest:1' }])
      expectSame(
        await uploads.name('acme', naming([first._id], change)),
        { refused: 'taken', upload_id: first._id },
        'No other message can name it',
      )
  }),

  threeStores('[FI32] gives an upload to one message, however many name it at once', async (stores) => {
    const [store] = stores as readonly [Store]
    const [shared, own] = [await finished(store), await finished(store)]
    const tries = await Promise.all(
      range(1, 12).map((n) => {
        const ids = n % 2 === 0 ? [own._id, shared._id] : [shared._id]
        return (stores[n % 3] as Store).uploads.name('acme', naming(ids, { cid: `message ${n}` }))
      }),
    )
    const winners = tries.flatMap((one, n) => ('uploads' in one ? `message ${n + 1}` : []))
    expectSame(winners.length, 1, 'One message gets it')
    const rows = await Promise.all([shared, own].map(({ _id }) => store.uploads.get('acme', _id)))
    const [of, left] = rows.map((row) => row?.message_cid)
    expectSame(of, winners[0], 'It belongs to that message')
    expectTrue(left === null || left === of, 'What a message cannot have with it is free again', left)
  }),

  oneStore('[FI33] removes what no message names, and keeps what one does', async (store) => {
    const { uploads } = store
    const [one, other] = [await finished(store), await finished(store)]
    await uploads.name('acme', naming([other._id]))
    const cancel = (id: string, who = ['ann']) => uploads.cancel('acme', id, who, at)
    expectSame(await cancel(one._id, ['ben']), true, 'For others it is as if there were none')
    expectSame(await statesOf(store, [one._id]), ['finished'], 'And nothing happens')
    expectSame([await cancel(one._id), await cancel(one._id)], [true, true], 'It can be repeated')
    expectSame(await cancel(other._id), false, 'A message has the other one')
    expectSame(await statesOf(store, [one._id, other._id]), ['gone', 'named'], 'One of them goes')
    const gone = await uploads.get('acme', one._id)
    expectSame([gone?.name, gone?.due_at], ['', at], 'Nothing of its file stays in the row')
    expectSame((await uploads.finish('acme', one._id, later))?.state, 'gone', 'It cannot be finished')
    expectSame(await uploads.finish('acme', 'unknown', later), null, 'Nor one that is not there')
  }),

  oneStore('[FI34] lists what is due, and decides about each once', async (store) => {
    const { uploads } = store
    const make = async (n: number) => {
      const due_at = new Date(Date.UTC(2026, 0, 1, 0, 0, 103 - n)).toISOString()
      const workspace_id = n % 2 === 0 ? 'acme' : 'other'
      return rowOf(await uploads.create(newUpload({ due_at, workspace_id, size: 1 })))
    }
    const rows = await Promise.all(range(1, 103).map(make))
    expectSame(await uploads.due('2025-12-31T00:00:00.000Z'), [], 'Nothing is due before its time')
    const due = await uploads.due(at)
    const expected = rows.toReversed().map(({ _id }) => _id)
    expectSame(
      due.map(({ upload }) => upload._id),
      expected.slice(0, 100),
      'The first hundred are answered',
    )
    const [first] = due
    expectTrue(first !== undefined, 'There is one')
    expectSame([first.workspace_id, { ...first.upload }], ['other', { ...rows[102] }], 'Each is whole')
    const gone = { state: 'gone', due_at: later } as const
    const decide = (row: UploadRow) => uploads.decide('other', row, gone)
    expectSame([await decide(first.upload), await decide(first.upload)], [true, false], 'Once')
    const kept = await uploads.get('other', first.upload._id)
    expectSame([kept?.state, kept?.due_at, kept?.name], ['gone', later, ''], 'It is as was decided')
    expectTrue(kept !== null, 'The row is there')
    expectSame(await uploads.decide('acme', kept, null), false, 'Another workspace decides nothing')
    expectSame(await uploads.decide('other', kept, null), true, 'A row can go')
    expectSame(await uploads.get('other', kept._id), null, 'Then it is gone')
    const mine = due[1]?.upload as UploadRow
    await uploads.decide('acme', mine, { state: 'kept', due_at: null })
    const left = await uploads.due(later)
    expectSame(left.length, 100, 'What stays with its message is not due')
  }),

  oneStore('[FI35] lets go of the files of messages that are removed, and of old ones', async (store) => {
    const { uploads } = store
    const rows = [await finished(store), await finished(store), await finished(store)]
    const [first, second, third] = rows as [UploadRow, UploadRow, UploadRow]
    const all = rows.map(({ _id }) => _id)
    const file = (row: UploadRow) => ({ upload_id: row._id, name: 'x', type: 'image/png', size: 1 })
    await store.streams.append(room('r'), [
      draft({ cid: 'named', attachments: [file(first), file(second)] }),
      draft({ cid: 'other', message_data: '"attachments":[{"upload_id":1}]', attachments: [file(third)] }),
      draft({ message_data: `"attachments":[{"upload_id":"${third._id}"}]` }),
    ])
    await uploads.name('acme', naming([first._id, second._id]))
    await uploads.name('acme', naming([third._id], { cid: 'other', at: '2026-01-01T13:00:00.000Z' }))
    await store.streams.remove(room('r'), { targets: [3], reason: 'deleted' })
    expectSame(await statesOf(store, all), ['named', 'named', 'named'], 'A text is no file')
    await store.streams.remove(room('r'), { targets: [1], reason: 'deleted' })
    expectSame(await statesOf(store, all), ['gone', 'gone', 'named'], 'Files go with their message')
    const message = JSON.parse((await store.streams.message(room('r'), 1)) ?? '{}') as object
    expectSame('attachments' in message, false, 'Which names them no more')

    expectSame(await uploads.expire('other', later, at), 0, 'Not in another workspace')
    expectSame(await uploads.expire('acme', '2026-01-01T13:00:00.000Z', at), 0, 'Newer ones stay')
    expectSame(await uploads.expire('acme', later, at), 1, 'Older ones go')
    expectSame(await uploads.expire('acme', later, at), 0, 'Once')
    expectSame(await statesOf(store, all), ['gone', 'gone', 'gone'], 'All are gone')
  }),
]
