import type { MoveRefusal, Ticket, TicketMove } from '@dowellchat/protocol'
import type { Moved, Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ask, hire, ids, newTopic, range, rowOf } from './making.ts'
import { oneStore, type StoreCase, threeStores } from './store-case.ts'

/** What was moved. Throws where it was refused. */
export function movedOf(moved: Moved | MoveRefusal | null): Moved {
  expectTrue(moved !== null && !('refused' in moved), 'A ticket that may be moved is moved', moved)
  return moved
}

async function expectCounted(store: Store, expected: Readonly<Record<string, number>>): Promise<void> {
  const managers = await store.lineManagers.list('acme')
  const counts = Object.fromEntries(managers.map(({ user_id, ticket_count }) => [user_id, ticket_count]))
  expectSame(counts, expected, "A line manager's ticket_count is the number of their open tickets")
}

const stateCases: readonly StoreCase[] = [
  oneStore('[S30] moves a ticket through its states, and says what it was before', async (store) => {
    const { _id } = await ask(store)
    await hire(store, ['mia', 'max'])
    const moves: [TicketMove, Ticket['state'], string | null][] = [
      [{ kind: 'take', line_manager: 'mia' }, 'assigned', 'mia'],
      [{ kind: 'answer' }, 'open', 'mia'],
      [{ kind: 'hold' }, 'on_hold', 'mia'],
      [{ kind: 'resume' }, 'open', 'mia'],
      [{ kind: 'assign', line_manager: 'max', expected: 'mia' }, 'assigned', 'max'],
      [{ kind: 'transfer', product: 'delivery' }, 'waiting', null],
      [{ kind: 'take', line_manager: 'max' }, 'assigned', 'max'],
      [{ kind: 'hand_back', line_manager: 'max' }, 'waiting', null],
      [{ kind: 'close' }, 'closed', null],
      [{ kind: 'reopen', line_manager: 'mia' }, 'assigned', 'mia'],
    ]
    let before: Ticket['state'] = 'waiting'
    for (const [index, [move, state, line_manager]] of moves.entries()) {
      const moved = movedOf(await store.tickets.move('acme', _id, move, 'mia'))
      const { ticket } = moved
      const found = [moved.before.state, ticket.state, ticket.line_manager, ticket.is_closed, moved.moves]
      const expected = [before, state, line_manager, state === 'closed', index + 1]
      expectSame(found, expected, `A ticket is moved as the protocol has it: ${move.kind}`)
      expectSame(moved.moved_now, true, 'A move that changes something says so')
      expectSame(await store.tickets.get('acme', _id), ticket, 'A move answers the ticket as it is')
      before = state
    }
    const unknown = await store.tickets.move('acme', 'unknown', { kind: 'hold' }, 'mia')
    expectSame(unknown, null, 'No ticket, nothing to move')
    await expectCounted(store, { mia: 1, max: 0 })
  }),

  oneStore('[S30] refuses a move that the state does not allow, and repeats none', async (store) => {
    const { _id } = await ask(store)
    const move = (one: TicketMove) => store.tickets.move('acme', _id, one, 'mia')
    const refused = { refused: 'Nobody has the ticket' }
    expectSame(await move({ kind: 'hold' }), refused, 'A ticket that waits is not put on hold')
    await hire(store, ['mia', 'max'])
    movedOf(await move({ kind: 'take', line_manager: 'mia' }))
    const second = await move({ kind: 'take', line_manager: 'max' })
    expectSame(second, { refused: 'mia has the ticket' }, 'A ticket that somebody has is not taken')
    const stale = await move({ kind: 'assign', line_manager: 'max', expected: null })
    expectSame(stale, { refused: 'mia has the ticket' }, 'Who expects somebody else is refused')
    const again = movedOf(await move({ kind: 'assign', line_manager: 'mia' }))
    expectSame([again.moved_now, again.moves], [false, 1], 'What is so already is not moved again')
    movedOf(await move({ kind: 'close' }))
    expectSame(
      await move({ kind: 'hold' }),
      { refused: 'The ticket is closed' },
      'A closed ticket is not put on hold',
    )
  }),

  oneStore(
    '[S30] frees the slot of whoever loses a ticket, and takes one of whoever gets it',
    async (store) => {
      await hire(store, ['mia'], 2)
      const [first, second, third] = [await ask(store), await ask(store), await ask(store)]
      const owners = [first, second, third].map(({ line_manager }) => line_manager)
      expectSame(owners, ['mia', 'mia', null], 'Nobody gets more tickets than their capacity')
      movedOf(await store.tickets.move('acme', first._id, { kind: 'hold' }, 'mia'))
      expectSame((await store.tickets.assignWaiting('acme')).tickets, [], 'A ticket on hold keeps its slot')
      movedOf(await store.tickets.move('acme', first._id, { kind: 'transfer', product: 'other' }, 'mia'))
      const given = ids((await store.tickets.assignWaiting('acme')).tickets)
      expectSame(given, [first._id], 'A transfer frees the slot, and the first of all lines is given it')
      movedOf(await store.tickets.move('acme', third._id, { kind: 'assign', line_manager: 'mia' }, 'root'))
      await expectCounted(store, { mia: 3 })
      for (const { _id } of [first, second, third]) await store.tickets.close('acme', _id, 'mia')
      await expectCounted(store, { mia: 0 })
      movedOf(await store.tickets.move('acme', second._id, { kind: 'reopen', line_manager: 'mia' }, 'ann'))
      await expectCounted(store, { mia: 1 })
    },
  ),
]

const lineCases: readonly StoreCase[] = [
  oneStore(
    '[S31] orders lines by priority, then by when tickets came, whatever happens between',
    async (store) => {
      const made = [await ask(store), await ask(store), await ask(store, { product: 'delivery' })]
      const [a = '', b = '', c = ''] = ids(made)
      await store.tickets.update('acme', b, { priority: 'high' })
      const places = await Promise.all([a, b, c].map((id) => store.tickets.place('acme', id)))
      expectSame(
        places.map((place) => [place?.line, place?.ahead]),
        [
          ['topic:billing', 1],
          ['topic:billing', 0],
          ['topic:delivery', 0],
        ],
        'A place is how many of the topic are before it',
      )
      const first = await store.tickets.firstInLine('acme')
      expectSame(first?._id, b, 'A higher priority comes first')
      const ofTopic = await store.tickets.firstInLine('acme', ['none', 'delivery'])
      expectSame(ofTopic?._id, c, 'The first of some topics is one of theirs')
      expectSame(
        await store.tickets.firstInLine('acme', ['none']),
        null,
        'A topic without tickets has no first',
      )
      expectSame(
        await store.tickets.countInLine('acme', 'billing'),
        2,
        'Those that wait are counted by topic',
      )
      const orders = await store.tickets.ordersIn('acme', 'topic:billing')
      expectSame(orders, [places[1]?.order, places[0]?.order], 'The orders of a line are in its order')
      await hire(store, ['mia'])
      movedOf(await store.tickets.move('acme', a, { kind: 'take', line_manager: 'mia' }, 'mia'))
      const taken = await store.tickets.place('acme', a)
      expectSame([taken?.line, taken?.ahead], ['manager:mia', 0], 'What was taken is in their line')
      movedOf(await store.tickets.move('acme', a, { kind: 'hand_back', line_manager: 'mia' }, 'mia'))
      expectSame(await store.tickets.place('acme', a), places[0], 'What is handed back has its place again')
      const order = ids((await store.tickets.assignWaiting('acme')).tickets)
      expectSame(order, [b, a, c], 'Lines are assigned in their order')
      movedOf(await store.tickets.move('acme', a, { kind: 'answer' }, 'mia'))
      expectSame(await store.tickets.place('acme', a), null, 'What was answered is in no line')
    },
  ),

  oneStore(
    '[S31] gives tickets of a topic to those who serve it, and none of closed topics',
    async (store) => {
      await hire(store, ['mia', 'max'])
      await store.lineManagers.update('acme', 'mia', { topics: ['delivery'] })
      await store.lineManagers.update('acme', 'max', { topics: [] })
      const billing = await ask(store)
      const delivery = await ask(store, { product: 'delivery' })
      const waiting = await ask(store, { product: 'delivery', waits: true })
      const owners = [billing, delivery, waiting].map(({ line_manager }) => line_manager)
      expectSame(owners, [null, 'mia', null], 'Who serves a topic gets its tickets, unless they are to wait')
      const { tickets: none } = await store.tickets.assignWaiting('acme', { closed: ['delivery'] })
      expectSame(none, [], 'Tickets of closed topics are not given')
      const given = ids((await store.tickets.assignWaiting('acme')).tickets)
      expectSame(given, [waiting._id], 'Those whom nobody serves do not keep others waiting')
      await store.lineManagers.update('acme', 'max', { topics: null })
      expectSame(
        ids((await store.tickets.assignWaiting('acme')).tickets),
        [billing._id],
        'No topics means all of them',
      )
    },
  ),

  oneStore('[S31] lets a new ticket wait behind those that wait for its topic', async (store) => {
    await hire(store, ['mia'], 1)
    const [held, first] = [await ask(store), await ask(store)]
    await store.tickets.close('acme', held._id, 'mia')
    // Between a close and what is given then.
    const [second, elsewhere] = [await ask(store), await ask(store, { product: 'delivery' })]
    const owners = [second, elsewhere].map(({ line_manager }) => line_manager)
    expectSame(owners, [null, 'mia'], 'Only those of its topic come before it')
    await store.tickets.close('acme', elsewhere._id, 'mia')
    expectSame(
      ids((await store.tickets.assignWaiting('acme')).tickets),
      [first._id],
      'The first is given first',
    )
  }),

  oneStore('[S31] gives tickets by the strategy of their topic', async (store) => {
    await hire(store, ['mia', 'max', 'moe'])
    for (const name of ['billing', 'delivery', 'plain']) rowOf(await store.topics.create(newTopic(name)))
    await store.topics.update('acme', 'billing', { strategy: 'round_robin' })
    await store.topics.update('acme', 'delivery', { strategy: 'longest_idle' })
    const to = async (product: string) => (await ask(store, { product })).line_manager
    const turns = [await to('billing'), await to('billing'), await to('billing'), await to('billing')]
    expectSame(turns, ['mia', 'max', 'moe', 'mia'], 'In turn, whoever is next by position')
    // Mia has two tickets and was served last, max longest ago.
    expectSame(await to('delivery'), 'max', 'Whoever was served longest ago is next')
    expectSame(await to('plain'), 'moe', 'The least loaded is next')
  }),

  oneStore('[S31] goes on with the next in turn, however many tickets come in one moment', async (store) => {
    rowOf(await store.topics.create(newTopic('billing')))
    await store.topics.update('acme', 'billing', { strategy: 'round_robin' })
    for (const _ of range(1, 9)) await ask(store)
    const turns = ['mia', 'max', 'moe']
    await hire(store, turns)
    const { tickets: given } = await store.tickets.assignWaiting('acme')
    const owners = given.map(({ line_manager }) => line_manager)
    expectSame(owners, [...turns, ...turns, ...turns], 'Those that wait are given in turn')
    const others = await Promise.all(range(1, 9).map(() => ask(store)))
    const next = others.map(({ line_manager }) => line_manager)
    const counts = turns.map((name) => next.filter((one) => one === name).length)
    expectSame(counts, [3, 3, 3], 'So are those that come at once')
  }),
]

const racingCases: readonly StoreCase[] = [
  threeStores(
    '[S18] opens tickets again for whoever has room, and the others for the line',
    async (stores) => {
      const [store] = stores as [Store, ...Store[]]
      await hire(store, ['mia'], 2)
      const tickets: Ticket[] = []
      for (const _ of range(1, 9)) {
        const ticket = await ask(store)
        tickets.push(ticket)
        await store.tickets.close('acme', ticket._id, 'mia')
      }
      const reopen = { kind: 'reopen', line_manager: 'mia' } as const
      const reopened = await Promise.all(
        tickets.map(({ _id }, at) => (stores[at % 3] ?? store).tickets.move('acme', _id, reopen, 'ann')),
      )
      const states = reopened.map((one) => movedOf(one).ticket.state).toSorted()
      const waiting = range(1, 7).map(() => 'waiting')
      expectSame(states, ['assigned', 'assigned', ...waiting], 'Of nine, two have room')
      await expectCounted(store, { mia: 2 })
      await store.lineManagers.remove('acme', 'mia')
      const none = await store.tickets.handBack('acme', 'mia', { limit: 0 })
      expectSame(none, [], 'Nothing is handed back where nothing is wanted')
      const [held] = await store.tickets.handBack('acme', 'mia', { limit: 9 })
      await store.tickets.close('acme', held?._id ?? '', 'root')
      const back = movedOf(await store.tickets.move('acme', held?._id ?? '', reopen, 'ann'))
      expectSame(back.ticket.state, 'waiting', 'Whoever was removed has no room')
    },
  ),

  threeStores('[S18] lets tickets be taken within a capacity, where that is asked for', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const tickets: Ticket[] = []
    for (const _ of range(1, 6)) tickets.push(await ask(store))
    await hire(store, ['mia'], 2)
    const take = { kind: 'take', line_manager: 'mia' } as const
    const taken = await Promise.all(
      tickets.map(({ _id }, at) =>
        (stores[at % 3] ?? store).tickets.move('acme', _id, { ...take, within_capacity: true }, 'mia'),
      ),
    )
    const refused = taken.filter((one) => one && 'refused' in one)
    expectSame(
      refused,
      range(1, 4).map(() => ({ refused: 'The line manager has no room' })),
      'Of six, two have room',
    )
    await expectCounted(store, { mia: 2 })
    const left = taken.findIndex((one) => one && 'refused' in one)
    movedOf(await store.tickets.move('acme', tickets[left]?._id ?? '', take, 'mia'))
    await expectCounted(store, { mia: 3 })
  }),

  threeStores('[S32] gives a ticket to one of those who take it at once', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const tickets: Ticket[] = []
    for (const _ of range(1, 10)) tickets.push(await ask(store))
    await hire(store, ['mia', 'max', 'moe'])
    const names = ['mia', 'max', 'moe']
    const taken = await Promise.all(
      tickets.flatMap(({ _id }) =>
        stores.map((one, at) => {
          const line_manager = names[at] ?? ''
          return one.tickets.move('acme', _id, { kind: 'take', line_manager }, line_manager)
        }),
      ),
    )
    const winners = taken.flatMap((one) => (one && 'ticket' in one ? one.ticket._id : []))
    expectSame(
      winners.toSorted(),
      ids(tickets).toSorted(),
      'Of several who take a ticket at once, one gets it',
    )
    const now = await store.tickets.getSome('acme', ids(tickets))
    const counts = Object.fromEntries(
      names.map((name) => [name, now.filter(({ line_manager }) => line_manager === name).length]),
    )
    await expectCounted(store, counts)
  }),

  threeStores(
    '[S32] takes one ticket by one request, however often it is repeated at once',
    async (stores) => {
      const [store] = stores as [Store, ...Store[]]
      const tickets = [await ask(store), await ask(store), await ask(store)]
      await hire(store, ['mia'])
      const move = { kind: 'take', line_manager: 'mia', cid: 'claim' } as const
      const take = (at: number) => stores[at]?.tickets.move('acme', tickets[at]?._id ?? '', move, 'mia')
      const taken = (await Promise.all(range(0, 2).map(take))).flatMap((one) =>
        one && 'ticket' in one ? one.ticket._id : [],
      )
      expectSame(taken.length, 1, 'Of three moves of one request one takes a ticket')
      const claimed = await store.tickets.claimed('acme', 'mia', 'claim')
      expectSame(claimed?._id, taken[0], 'and that one is what the request has claimed')
      await store.tickets.close('acme', taken[0] ?? '', 'mia')
      const later = await store.tickets.claimed('acme', 'mia', 'claim')
      expectSame(
        later?.is_closed,
        true,
        'A request that is repeated late is answered what has become of its ticket',
      )
      await expectCounted(store, { mia: 0 })
    },
  ),

  threeStores('[S32] loses no ticket where some are handed back, moved and given at once', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    await hire(store, ['mia', 'max', 'moe'])
    const tickets = await Promise.all(range(1, 30).map(() => ask(store)))
    await Promise.all([
      ...stores.map((one) => one.tickets.handBack('acme', 'mia', { limit: 100 })),
      ...stores.map((one) => one.tickets.assignWaiting('acme')),
      ...tickets
        .slice(0, 10)
        .map(({ _id }, at) =>
          (stores[at % 3] ?? store).tickets.move(
            'acme',
            _id,
            { kind: 'assign', line_manager: 'moe' },
            'root',
          ),
        ),
      ...tickets.slice(20).map(({ _id }, at) => (stores[at % 3] ?? store).tickets.close('acme', _id, 'root')),
    ])
    await store.tickets.assignWaiting('acme')
    const now = await store.tickets.getSome('acme', ids(tickets))
    const open = now.filter(({ is_closed }) => !is_closed)
    expectSame(open.length, 20, 'Ten of thirty were closed')
    expectSame(
      open.filter(({ line_manager }) => line_manager === null),
      [],
      'Everything that waited is given',
    )
    const managers = await store.lineManagers.list('acme')
    const sum = managers.reduce((all, { ticket_count }) => all + ticket_count, 0)
    expectSame(sum, 20, 'What line managers have is what is open')
  }),
]

export const moveCases: readonly StoreCase[] = [...stateCases, ...lineCases, ...racingCases]
