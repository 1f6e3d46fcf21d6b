import type { ReaderRow, ReadMark, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { drafts, range, room } from './making.ts'
import { by, doneOf, inviteOf, make } from './rooms.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const key = room('r')

/** A moment, so many minutes after the first. */
function minute(n: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()
}

/** A mark of a user in the room `r`. */
export function readMark(user_id: string, nth: number, change: Partial<ReadMark> = {}): ReadMark {
  return { user_ids: [user_id], stream: key.stream, nth, seq: nth, at: minute(0), is_listed: true, ...change }
}

/** Somebody comes to some streams, a minute after the other. */
async function enter(store: Store, user_ids: readonly string[], ...streams: string[]): Promise<void> {
  const entering = streams.map((stream, n) => ({ user_ids, stream, at: minute(n) }))
  await store.readers.enter('acme', entering)
}

function readerOf(store: Store, user_id: string, stream = key.stream): Promise<ReaderRow | null> {
  return store.readers.get('acme', [user_id], stream)
}

function listOf(
  store: Store,
  user_ids: readonly string[],
  part: Partial<Parameters<Store['readers']['list']>[1]> = {},
) {
  return store.readers.list('acme', { user_ids, is_archived: false, limit: 50, ...part })
}

async function streamsOf(store: Store, user_id: string): Promise<string[]> {
  return (await listOf(store, [user_id])).readers.map(({ stream }) => stream)
}

const listCases: readonly StoreCase[] = [
  oneStore('[RL20] lists what somebody has come to, pinned ones first, then by activity', async (store) => {
    const streams = range(1, 7).map((n) => `room:${n}`)
    await enter(store, ['ann'], ...streams)
    await enter(store, ['ben'], 'room:1')
    const pin = { user_ids: ['ann'], change: { is_pinned: true }, most_pinned: 9 }
    await store.readers.keep('acme', { ...pin, stream: 'room:2' })
    await store.readers.keep('acme', { ...pin, stream: 'room:1' })
    await store.readers.keep('acme', { ...pin, stream: 'room:4', change: { is_archived: true } })
    const expected = ['room:2', 'room:1', 'room:7', 'room:6', 'room:5', 'room:3']
    expectSame(await streamsOf(store, 'ann'), expected, 'Pinned rooms come first, then the last active')
    for (const limit of [1, 2, 3, 5]) {
      const paged: string[] = []
      for (let more = true; more; ) {
        const before = paged.at(-1)
        const page = await listOf(store, ['ann'], { limit, ...(before !== undefined && { before }) })
        paged.push(...page.readers.map(({ stream }) => stream))
        more = page.more && paged.length < 20
      }
      expectSame(paged, expected, `Pages of ${limit} give every row once`)
    }
    const archived = await listOf(store, ['ann'], { is_archived: true })
    expectSame(
      archived.readers.map(({ stream }) => stream),
      ['room:4'],
      'What is archived is a list of its own',
    )
    const unknown = await listOf(store, ['ann'], { before: 'room:99' })
    expectSame(unknown, { readers: [], more: false }, 'A page after one that is not in the list is empty')
    const moved = { stream: 'room:3', active_at: minute(60), limit: 1_000 }
    expectSame(await store.readers.move('acme', moved), 1, 'Activity moves the row of each reader')
    expectSame((await streamsOf(store, 'ann'))[2], 'room:3', 'What was active last comes first')
    expectSame(
      await store.readers.move('acme', { ...moved, active_at: minute(30) }),
      0,
      'It never moves back',
    )
    await store.readers.remove('acme', 'room:3', ['ann'])
    expectTrue(!(await streamsOf(store, 'ann')).includes('room:3'), 'What was removed is not listed')
  }),

  oneStore('[RL20] moves those first who have a stream lowest, and no more than asked for', async (store) => {
    const people = range(1, 9).map((n) => `user ${n}`)
    for (const [n, user_id] of people.entries())
      await store.readers.enter('acme', [{ user_ids: [user_id], stream: key.stream, at: minute(n) }])
    const moved = { stream: key.stream, active_at: minute(60), limit: 4 }
    const counts = [await store.readers.move('acme', moved), await store.readers.move('acme', moved)]
    expectSame(counts, [4, 4], 'A call moves no more than its limit')
    const last = await readerOf(store, 'user 9')
    expectSame(last?.active_at, minute(8), 'Those who have it lowest are moved first')
    expectSame(
      [await store.readers.move('acme', moved), await store.readers.move('acme', moved)],
      [1, 0],
      'In the end all are',
    )
  }),

  oneStore('[RL21] keeps one row for a person, under any of their ids', async (store) => {
    await enter(store, ['guest:1'], 'room:1', 'room:2')
    await enter(store, ['ann', 'guest:1'], 'room:2', 'room:3')
    const { readers } = await listOf(store, ['ann', 'guest:1'])
    const rows = readers.map(({ stream, user_id }) => [stream, user_id])
    const expected = [
      ['room:3', 'ann'],
      ['room:2', 'guest:1'],
      ['room:1', 'guest:1'],
    ]
    expectSame(rows.toSorted(), expected.toSorted(), 'Who came as a guest has no second row')
    const mark = readMark('ann', 4, { user_ids: ['ann', 'guest:1'], stream: 'room:1' })
    const [marked] = await store.readers.mark('acme', [mark])
    expectSame(marked?.reader.user_id, 'guest:1', 'A mark is set in the row that there is')
    await enter(store, ['ann'], 'room:1')
    const own = await store.readers.get('acme', ['ann', 'guest:1'], 'room:1')
    expectSame(own?.user_id, 'ann', 'Of several rows that of the first id counts')
  }),

  oneStore('[RL21] answers who has got a stream on their list', async (store) => {
    const come = async (...user_ids: string[]) => {
      const entering = user_ids.map((id) => ({ user_ids: [id], stream: key.stream, at: minute(1) }))
      const listed = await store.readers.enter('acme', entering)
      return listed.map(({ user_id, is_listed }) => `${user_id} ${is_listed}`).toSorted()
    }
    await store.readers.mark('acme', [readMark('zoe', 1, { is_listed: false })])
    expectSame(await come('ann', 'ben'), ['ann true', 'ben true'], 'Those who are new')
    const again = await come('ann', 'cat', 'zoe')
    expectSame(again, ['cat true', 'zoe true'], 'Not those who had it on their list')
    await store.readers.remove('acme', key.stream, ['ann'])
    expectSame(await come('ann'), ['ann true'], 'Nor are those kept who have left it')
  }),

  oneStore('[RL22] sets marks, which only rise unless they are to be lowered', async (store) => {
    await store.streams.append(key, drafts(9))
    await enter(store, ['ben'], key.stream)
    const first = await readerOf(store, 'ben')
    expectSame(
      [first?.nth, first?.read_nth],
      [9, 0],
      'What there was when somebody came is behind their mark, and not read',
    )
    const nths = async (...marks: ReadMark[]) =>
      (await store.readers.mark('acme', marks)).map(({ reader, was }) => [reader.nth, reader.read_nth, was])
    expectSame(await nths(readMark('ben', 3)), [[9, 3, 9]], 'A mark does not fall')
    const lowered = readMark('ben', 2, { is_unread: true })
    expectSame(
      await nths(lowered, readMark('ben', 5)),
      [
        [2, 3, 9],
        [5, 5, 2],
      ],
      'It is lowered where that is wanted',
    )
    const late = readMark('ben', 1, { is_unread: true, at: minute(2) })
    const [, lower] = await nths(late, readMark('ben', 7, { at: minute(1) }))
    expectSame(lower, [1, 7, 1], 'What was read before something was marked as unread raises no mark further')
    const [waiting] = await nths(readMark('ben', 3, { is_unread: true, at: minute(2) }))
    expectSame(waiting, [1, 7, 1], 'A mark is not raised by marking as unread')
    const [raised] = await nths(readMark('ben', 9, { at: minute(1) }))
    expectSame(raised, [3, 9, 1], 'What was read before raises it up to there')
    await nths(readMark('ben', 5, { at: minute(3) }))
    expectSame(await nths(readMark('zoe', 4)), [[4, 4, null]], 'A mark makes a row')
    const versions = async () => (await readerOf(store, 'ben'))?.version ?? 0
    const before = await versions()
    await nths(readMark('ben', 5, { at: minute(3) }))
    expectSame(await versions(), before, 'A mark that changes nothing changes no version')
    await nths(readMark('ben', 6, { at: minute(4) }))
    expectSame(await versions(), before + 1, 'One that does raises it')
    await nths(readMark('eve', 1, { is_listed: false }))
    expectSame(await streamsOf(store, 'eve'), [], 'A mark alone lists nothing')
    await nths(readMark('eve', 1))
    expectSame(await streamsOf(store, 'eve'), [key.stream], 'One that is to list it does')
    const all = await store.readers.ofStream('acme', key.stream, { limit: 9 })
    expectSame(
      all.map(({ user_id }) => user_id).toSorted(),
      ['ben', 'eve', 'zoe'],
      'A stream has its readers',
    )
    const some = await store.readers.ofStream('acme', key.stream, { user_ids: ['zoe', 'ann'], limit: 9 })
    expectSame(
      some.map(({ user_id }) => user_id),
      ['zoe'],
      'Some of them are found by their ids',
    )
  }),

  oneStore(
    '[RL23] keeps what somebody wants of a room in their list, and pins no more than so many',
    async (store) => {
      await enter(store, ['ann'], 'room:1', 'room:2', 'room:3')
      const keeping = { user_ids: ['ann'], stream: 'room:1', most_pinned: 2 }
      const kept = await store.readers.keep('acme', {
        ...keeping,
        change: { is_muted: true, is_pinned: true },
      })
      expectTrue(
        kept !== null && kept !== 'limit' && kept.is_muted && kept.is_pinned,
        'What is named changes',
      )
      const same = await store.readers.keep('acme', { ...keeping, change: { is_muted: true } })
      expectSame(same, kept, 'What is left out stays, and repeating changes nothing')
      const pin = (stream: string) =>
        store.readers.keep('acme', { ...keeping, stream, change: { is_pinned: true } })
      await pin('room:2')
      expectSame(await pin('room:3'), 'limit', 'No more rooms are pinned than may be')
      expectTrue((await pin('room:2')) !== 'limit', 'One that is pinned stays so')
      const archive = { ...keeping, stream: 'room:2', change: { is_archived: true } }
      expectTrue((await store.readers.keep('acme', archive)) !== 'limit', 'It may be archived')
      expectSame(await pin('room:3'), 'limit', 'Also archived ones count')
      expectSame(await pin('room:9'), null, 'Only a room of the list can be kept')
    },
  ),

  reopened(
    '[RL22] still has marks and lists after a restart',
    async (store) => {
      await enter(store, ['ann'], 'room:1', 'room:2')
      await store.readers.mark('acme', [readMark('ann', 7, { stream: 'room:1' })])
      return listOf(store, ['ann'])
    },
    async (store, before) => expectSame(await listOf(store, ['ann']), before, 'A list is what it was'),
  ),
]

const memberCases: readonly StoreCase[] = [
  oneStore('[RL24] lists rooms with members to those who are in them', async (store) => {
    const made = await make(store)
    const stream = `room:${made._id}`
    const listed = async () => {
      const people = ['ann', 'ben', 'zoe', 'eve']
      const lists = await Promise.all(people.map((one) => streamsOf(store, one)))
      return people.filter((_, at) => lists[at]?.includes(stream))
    }
    expectSame(await listed(), ['ann', 'ben'], 'A new room is on the lists of its members')
    await store.streams.append({ workspace_id: 'acme', stream }, drafts(3))
    const change = (one: Parameters<Store['rooms']['change']>[2]) => store.rooms.change('acme', made._id, one)
    doneOf(await change({ type: 'add', ...by('ann'), user_ids: ['zoe'] }))
    expectSame(await listed(), ['ann', 'ben', 'zoe'], 'Who is added has it on their list')
    expectSame((await readerOf(store, 'zoe', stream))?.nth, 3, 'They have read what there was')
    const { invite } = doneOf(await change(inviteOf(1)))
    doneOf(await change({ type: 'accept', ...by('eve'), invite: invite?.invite ?? '' }))
    expectSame(await listed(), ['ann', 'ben', 'zoe', 'eve'], 'Who accepts an invite has it, too')
    doneOf(await change({ type: 'remove', ...by('ann'), user_ids: ['ben'] }))
    doneOf(await change({ type: 'leave', ...by('zoe') }))
    expectSame(await listed(), ['ann', 'eve'], 'Who is removed or leaves has it no more')
    doneOf(await change({ type: 'close', ...by('ann') }))
    expectSame(await listed(), [], 'Nobody has a closed room on their list')
    const direct = await make(store, { kind: 'direct' })
    expectTrue((await streamsOf(store, 'ben')).includes(`room:${direct._id}`), 'Both have their direct room')
  }),

  oneStore('[RL24] finds those of some rooms in which somebody is', async (store) => {
    const [one, other] = [await make(store), await make(store, { user_id: 'zoe', members: [] })]
    const direct = await make(store, { kind: 'direct' })
    const ids = [one._id, other._id, direct._id, '~nothing']
    const { found } = await store.rooms.memberships('acme', ids, ['nobody', 'ben'])
    const single = await Promise.all(ids.map((id) => store.rooms.membership('acme', id, ['nobody', 'ben'])))
    const expected = single.filter((membership) => membership !== null)
    const byId = (a: { room: { _id: string } }, b: { room: { _id: string } }) =>
      a.room._id < b.room._id ? -1 : 1
    expectSame(found.toSorted(byId), expected.toSorted(byId), 'Together they are what each is alone')
  }),

  threeStores('[RL24] keeps members and lists in step when several change a room at once', async (stores) => {
    const [store] = stores as [Store]
    const made = await make(store, { members: [] })
    const people = range(1, 6).map((n) => `user ${n}`)
    const all = stores.flatMap((one, at) =>
      people.map((user_id, n) => {
        const change = {
          type: (at + n) % 2 === 0 ? 'add' : 'remove',
          ...by('ann'),
          user_ids: [user_id],
        } as const
        return one.rooms.change('acme', made._id, change)
      }),
    )
    await Promise.all(all)
    const members = (await store.rooms.memberIds('acme', made._id)).toSorted()
    const rows = await store.readers.ofStream('acme', `room:${made._id}`, { limit: 100 })
    expectSame(
      rows.map(({ user_id }) => user_id).toSorted(),
      members,
      'The room is on the lists of its members alone',
    )
  }),

  threeStores('[RL22] keeps the highest of the marks that several set at once', async (stores) => {
    const [store] = stores as [Store]
    const marks = range(1, 12)
    await Promise.all(marks.map((nth) => stores[nth % 3]?.readers.mark('acme', [readMark('ann', nth)])))
    const rows = await store.readers.ofStream('acme', key.stream, { limit: 9 })
    expectSame(
      rows.map(({ nth }) => nth),
      [12],
      'There is one row, and no mark is lost',
    )
    const entering = stores.map((one) =>
      one.readers.enter('acme', [{ user_ids: ['zoe'], stream: key.stream, at: minute(0) }]),
    )
    await Promise.all(entering)
    expectSame(
      (await store.readers.ofStream('acme', key.stream, { limit: 9 })).length,
      2,
      'Who comes several times at once has one row',
    )
  }),
]

export const readerCases: readonly StoreCase[] = [...listCases, ...memberCases]
