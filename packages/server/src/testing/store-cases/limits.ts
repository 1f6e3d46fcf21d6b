import type { CallCreation, Creation, NewCall, NewRoom, NewTicket, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { annPhone, newCall, newLineManager, newTicket, newTopic, range, rowOf } from './making.ts'
import { by, newRoom } from './rooms.ts'
import { oneStore, type StoreCase, threeStores } from './store-case.ts'

const full = { conflict: 'limit' }

/** Throws unless all but the limited were made, and how many of these. */
function expectMade(
  creations: readonly (Creation<unknown> | CallCreation)[],
  atMost: number,
  atLeast = atMost,
): void {
  const made = creations.filter((one) => one !== null && 'row' in one)
  const others = creations.filter((one) => one === null || !('row' in one))
  expectSame(
    others,
    others.map(() => full),
    'What is not made is over the limit',
  )
  expectTrue(
    made.length <= atMost,
    'No more are made than the limit allows, however many ask at once',
    made.length,
  )
  expectTrue(made.length >= atLeast, 'As many are made as the limit allows', made.length)
}

/** Asks all stores in turn for so many rows at once. */
function fromAll<Row>(
  stores: readonly Store[],
  count: number,
  create: (store: Store, n: number) => Promise<Row>,
): Promise<Row[]> {
  return Promise.all(range(1, count).map((n) => create(stores[n % stores.length] as Store, n)))
}

/** Ann rings somebody. */
function ringing(user_id: string, change: Partial<NewCall> = {}): NewCall {
  return newCall({ callee_devices: [{ user_id, device_id: `${user_id}-phone` }], most_ringing: 3, ...change })
}

export const limitCases: readonly StoreCase[] = [
  oneStore('[BG30] makes as many topics and line managers as a workspace may have', async (store) => {
    const first = newTopic('topic 0', { most: 3 })
    rowOf(await store.topics.create(first))
    expectMade(
      await fromAll([store], 8, (_, n) => store.topics.create(newTopic(`topic ${n}`, { most: 3 }))),
      2,
    )
    const again = await store.topics.create(first)
    expectSame('row' in again && again.created, false, 'A repeated cid is answered where no more may be made')
    const taken = await store.topics.create(newTopic('topic 0', { most: 3 }))
    expectSame(taken, { conflict: 'exists' }, 'A name that is taken is taken, where no more may be made')
    rowOf(await store.topics.create(newTopic('elsewhere', { workspace_id: 'other', most: 3 })))
    rowOf(await store.topics.create(newTopic('topic 9', { most: 4 })))

    expectMade(
      await fromAll([store], 8, (_, n) => store.lineManagers.create(newLineManager(`mia ${n}`, { most: 3 }))),
      3,
    )
    rowOf(await store.lineManagers.create(newLineManager('max')))
  }),

  oneStore(
    '[BG30] makes as many tickets as a user may have open, and again as many as are closed',
    async (store) => {
      const create = (user_id = 'ann') => store.tickets.create(newTicket({ user_id, most_open: 3 }))
      const created = await fromAll([store], 8, () => create())
      expectMade(created, 3)
      expectMade(await fromAll([store], 2, () => create('ben')), 2)
      const made = created.flatMap((one) => ('row' in one ? one.row : []))
      await store.tickets.close('acme', made[1]?._id ?? '', 'ann')
      expectMade(await fromAll([store], 3, () => create()), 1)
      const request = newTicket({ user_id: 'zoe', most_open: 1 })
      const [first, again] = [await store.tickets.create(request), await store.tickets.create(request)]
      expectSame(rowOf(again)._id, rowOf(first)._id, 'A repeated cid is answered where no more may be open')
      const { tickets } = await store.tickets.list('acme', { limit: 50 })
      expectSame(tickets.length, 7, 'What is over the limit leaves nothing behind')
      rowOf(await store.tickets.create(newTicket({ user_id: 'root' })))
    },
  ),

  oneStore('[BG30] makes as many tickets as all guests of a workspace may have open', async (store) => {
    const create = (user_id: string, change: Partial<NewTicket> = {}) =>
      store.tickets.create(newTicket({ user_id, most_open: 9, most_guests_open: 3, ...change }))
    const request = newTicket({ user_id: 'guest:0', most_guests_open: 3 })
    const first = rowOf(await store.tickets.create(request))
    const created = await fromAll([store], 8, (_, n) => create(`guest:${n}`))
    const made = created.filter((one) => 'row' in one)
    expectSame(made.length, 2, 'As many are made as the limit allows, however many ask at once')
    const guestsFull = { conflict: 'guests_limit' }
    expectSame(await create('guest:9'), guestsFull, 'No more are open than the limit allows')
    expectSame(
      await create('guest:0', { most_open: 1 }),
      full,
      'Who has too many of their own learns of that',
    )
    const again = rowOf(await store.tickets.create(request))
    expectSame(again._id, first._id, 'A repeated cid is answered where no more may be open')
    rowOf(await store.tickets.create(newTicket({ user_id: 'guess', most_open: 9 })))
    rowOf(await create('guest:9', { workspace_id: 'other' }))
    await store.tickets.close('acme', first._id, 'ann')
    rowOf(await create('guest:9'))
    expectSame(await create('guest:10'), guestsFull, 'A closed one leaves room for one more')
    for (const user_id of ['guest', 'guest;', 'ann']) rowOf(await create(user_id, { most_guests_open: 4 }))
    rowOf(await create('guest:11', { most_guests_open: 4 }))
  }),

  oneStore('[BG30] counts tickets that were opened again among those that a user has open', async (store) => {
    const create = () => store.tickets.create(newTicket({ most_open: 2 }))
    const [first, second] = [rowOf(await create()), rowOf(await create())]
    const { _id } = second
    await store.tickets.close('acme', _id, 'ann')
    await store.tickets.move('acme', _id, { kind: 'reopen', line_manager: null }, 'ann')
    expectSame(await create(), full, 'One that is open again takes its place again')
    await store.tickets.close('acme', first._id, 'ann')
    expectMade(await fromAll([store], 3, create), 1)
  }),

  oneStore(
    '[BG30] makes as many rooms as a user may make and as a workspace may have, closed ones too',
    async (store) => {
      const create = (change: Partial<NewRoom> = {}) =>
        store.rooms.create(newRoom({ most_of_user: 3, ...change }))
      const first = newRoom({ most_of_user: 3, most: 6 })
      const made = rowOf(await store.rooms.create(first))
      await store.rooms.change('acme', made._id, { type: 'close', ...by('ann') })
      const direct = { kind: 'direct', members: ['zoe'] } as const
      const pair = rowOf(await create(direct))
      expectMade(await fromAll([store], 8, () => create()), 1)
      expectSame(await create({ members: [] }), full, 'A room that was closed counts')
      const again = await store.rooms.create(first)
      expectSame(rowOf(again)._id, made._id, 'A repeated cid is answered where no more may be made')
      expectSame(rowOf(await create(direct))._id, pair._id, 'So is a direct room that there is')
      rowOf(await create({ user_id: 'ben' }))
      rowOf(await store.rooms.create(newRoom()))
      rowOf(await create({ workspace_id: 'other', most: 1 }))

      const workspaceFull = { conflict: 'workspace_limit' }
      rowOf(await create({ user_id: 'zoe', most: 6 }))
      for (const user_id of ['zoe', 'ben', 'ann'])
        expectSame(
          await create({ user_id, most: 6 }),
          workspaceFull,
          'A workspace has as many as it may have',
        )
      const atEnd = await store.rooms.create({ ...first, most: 6 })
      expectSame(rowOf(atEnd)._id, made._id, 'A repeated cid is answered in a full workspace')
      rowOf(await create({ user_id: 'zoe', most: 7 }))
      const { rooms } = await store.rooms.list('acme', { user_ids: ['ann'], limit: 50 })
      expectSame(rooms.length, 3, 'What is over the limit leaves nothing behind')
    },
  ),

  oneStore('[BG31] lets one call to each user ring, and as many as a caller may have', async (store) => {
    const first = rowOf(await store.calls.create(ringing('ben')))
    expectSame(
      await store.calls.create(ringing('ben')),
      full,
      'A user who is rung is not rung twice by one caller',
    )
    rowOf(await store.calls.create(ringing('ben', { caller: { user_id: 'zoe', device_id: 'zoe-phone' } })))
    rowOf(await store.calls.create(ringing('ben', { workspace_id: 'other' })))
    for (const user_id of ['bob', 'bea']) rowOf(await store.calls.create(ringing(user_id)))
    const tablet = { user_id: 'ann', device_id: 'ann-tablet' }
    expectSame(
      await store.calls.create(ringing('bo', { caller: tablet })),
      full,
      'A limit is of all devices of a caller',
    )
    await store.calls.transition('acme', first._id, {
      type: 'reject',
      device: { user_id: 'ben', device_id: 'ben-phone' },
      reason: 'declined',
    })
    rowOf(await store.calls.create(ringing('bo')))
    const late = ringing('ben')
    expectSame(await store.calls.create(late), full, 'A declined call rings no more, a new one does')
    for (const { _id } of await store.calls.listOpen('acme', annPhone))
      await store.calls.transition('acme', _id, { type: 'end', device: annPhone })
    const { _id } = rowOf(await store.calls.create(late))
    expectSame(rowOf(await store.calls.create(late))._id, _id, 'A repeated cid is answered with its call')
    expectSame(
      (await store.calls.listOpen('acme', annPhone)).length,
      1,
      'A call that is refused is not there',
    )
  }),

  threeStores('[BG30, BG31] keeps to the limits through several connections at once', async (stores) => {
    const [store] = stores as [Store]
    expectMade(
      await fromAll(stores, 12, (one, n) => one.topics.create(newTopic(`topic ${n}`, { most: 5 }))),
      5,
    )
    expectMade(
      await fromAll(stores, 12, (one, n) => one.lineManagers.create(newLineManager(`m ${n}`, { most: 5 }))),
      5,
    )
    expectMade(await fromAll(stores, 12, (one) => one.tickets.create(newTicket({ most_open: 5 }))), 5)
    const rooms = await fromAll(stores, 12, (one) => one.rooms.create(newRoom({ most_of_user: 5 })))
    expectMade(rooms, 5)
    const others = await fromAll(stores, 12, (one, n) =>
      one.rooms.create(newRoom({ user_id: `user ${n}`, most: 9, most_of_user: 5 })),
    )
    expectSame(others.filter((one) => 'row' in one).length, 4, 'A workspace has as many rooms as it may have')
    expectMade(await fromAll(stores, 9, (one, n) => one.calls.create(ringing(`user ${n}`))), 3, 0)
    const open = await store.calls.listOpen('acme', annPhone)
    expectTrue(open.length <= 3, 'No more calls ring than the limit allows', open.length)
  }),
]
