import { Ticket } from '@dowellchat/protocol'
import type { Store, TicketFilter } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { ask, hire, ids, newLineManager, newTicket, range, rowOf } from './making.ts'
import { oneStore, type StoreCase } from './store-case.ts'

const managers = ['mia', 'max', 'moe']

async function counts(store: Store): Promise<number[]> {
  return (await store.lineManagers.list('acme')).map(({ ticket_count }) => ticket_count)
}

/** Throws unless the tickets are spread evenly and every count is the number of open tickets. */
export async function expectSpread(store: Store, open: number): Promise<void> {
  const counted = await counts(store)
  const listed = await Promise.all(managers.map((name) => store.tickets.listOpen('acme', name)))
  const lengths = listed.map(({ length }) => length)
  expectSame(counted, lengths, "A line manager's ticket_count is the number of their open tickets")
  const ids_ = new Set(ids(listed.flat()))
  expectSame(ids_.size, open, 'Every open ticket belongs to one line manager')
  expectTrue(Math.max(...counted) - Math.min(...counted) <= 1, 'New tickets go to the least loaded', counted)
}

const racingCases: readonly StoreCase[] = [
  oneStore('[S16] spreads 200 tickets that are created at once evenly', async (store) => {
    await hire(store, managers)
    await Promise.all(range(1, 200).map(() => ask(store)))
    await expectSpread(store, 200)
  }),

  oneStore(
    '[S17] still counts right when tickets are closed twice at once, and spreads the next ones',
    async (store) => {
      await hire(store, managers)
      const tickets = await Promise.all(range(1, 60).map(() => ask(store)))
      const some = ids(tickets).slice(0, 21)
      const closings = await Promise.all(
        [...some, ...some].map((id) => store.tickets.close('acme', id, 'mia')),
      )
      const closedNow = closings.filter((closing) => closing?.closed_now)
      expectSame(closedNow.length, some.length, 'Of several who close a ticket at once, one does')
      const open = await Promise.all(managers.map((name) => store.tickets.listOpen('acme', name)))
      const left = open.map(({ length }) => length)
      expectSame(
        await counts(store),
        left,
        "A line manager's ticket_count is the number of their open tickets",
      )
      expectSame(open.flat().length, 39, 'Closing 21 of 60 tickets, twice each, leaves 39')
      await Promise.all(range(1, 60).map(() => ask(store)))
      await expectSpread(store, 99)
    },
  ),

  oneStore('[S17] closes once, whoever closes again, and reports the one who did', async (store) => {
    await hire(store, ['mia'])
    const ticket = await ask(store)
    const closings = await Promise.all(
      ['mia', 'max'].map((by) => store.tickets.close('acme', ticket._id, by)),
    )
    const winner = closings[0]?.closed_now ? 'mia' : 'max'
    const now = closings.map((one) => one?.closed_now).toSorted()
    expectSame(now, [false, true], 'Of two who close a ticket at once, one does')
    const reports = closings.map((one) => one?.closing)
    const closing = { by: winner, count: 1 }
    expectSame(reports, [closing, closing], 'Both are told who closed it, and that it was closed once')
    const closed = await store.tickets.get('acme', ticket._id)
    expectTrue(
      closed?.is_closed === true && closed.closed_at !== null,
      'A closed ticket says since when',
      closed,
    )
    expectSame(closed.updated_at, closed.closed_at, 'Closing updates a ticket')
    const answered = closings.map((one) => one?.ticket)
    expectSame(answered, [closed, closed], 'close answers the ticket as it is')
    expectSame(closed.line_manager, 'mia', 'A closed ticket keeps its line manager')
    expectSame(await store.tickets.close('acme', 'unknown', 'mia'), null, 'No ticket, nothing to close')
  }),
]

const lineCases: readonly StoreCase[] = [
  oneStore('[S16] gives a ticket to the least loaded, then the lowest position, then age', async (store) => {
    rowOf(await store.lineManagers.create(newLineManager('late', { positions_in_a_line: 2 })))
    await hire(store, ['first', 'second'])
    const given = [await ask(store), await ask(store), await ask(store), await ask(store)]
    const to = given.map(({ line_manager }) => line_manager)
    const rule = 'The least loaded gets a ticket, then the lowest position, then the oldest'
    expectSame(to, ['first', 'second', 'late', 'first'], rule)
    await store.tickets.close('acme', given[1]?._id ?? '', 'second')
    expectSame((await ask(store)).line_manager, 'second', 'A closed ticket is no load')
  }),

  oneStore('[S18] lets tickets wait while everybody is full, and gives them out in order', async (store) => {
    const waiting = [await ask(store), await ask(store), await ask(store), await ask(store)]
    for (const { line_manager, waiting_time } of waiting)
      expectSame([line_manager, waiting_time], [null, null], 'With nobody free a ticket waits')
    const nothing = { tickets: [], more: false }
    expectSame(await store.tickets.assignWaiting('acme'), nothing, 'With nobody free nothing is given')
    const countWaiting = () => store.tickets.countWaiting('acme')
    expectSame(await countWaiting(), 4, 'Tickets without a line manager wait')

    await hire(store, ['mia'], 2)
    const [first, second, third, fourth] = ids(waiting)
    const filled = ids((await store.tickets.assignWaiting('acme')).tickets)
    expectSame(filled, [first, second], 'The tickets that waited longest are given, up to the capacity')
    expectSame((await ask(store)).line_manager, null, 'Nobody gets more tickets than their capacity')
    await store.tickets.close('acme', fourth ?? '', 'ann')
    await store.tickets.close('acme', first ?? '', 'mia')
    expectSame(await countWaiting(), 2, 'Those that are closed or given wait no more')
    const [elsewhere, ...given] = await Promise.all([
      store.tickets.assignWaiting('other'),
      store.tickets.assignWaiting('acme'),
      store.tickets.assignWaiting('acme'),
    ])
    const rule = 'A slot that was freed goes to the next who waits, not to a closed ticket, and once'
    expectSame(
      given.flatMap(({ tickets }) => ids(tickets)),
      [third],
      rule,
    )
    expectSame(elsewhere.tickets, [], 'Waiting tickets are given in their own workspace')
    const open = ids(await store.tickets.listOpen('acme', 'mia'))
    expectSame(open, [second, third], 'listOpen answers the open tickets, oldest first')
    expectSame(await counts(store), [2], "A line manager's ticket_count is the number of their open tickets")
  }),

  oneStore('[S18] reuses the slots of closed tickets, whichever, up to the capacity', async (store) => {
    await hire(store, ['mia'], 6)
    const tickets: Ticket[] = []
    for (const _ of range(1, 6)) tickets.push(await ask(store))
    for (const index of [4, 0, 2]) await store.tickets.close('acme', tickets[index]?._id ?? '', 'mia')
    const next = [await ask(store), await ask(store), await ask(store), await ask(store)]
    const to = next.map(({ line_manager }) => line_manager)
    expectSame(to, ['mia', 'mia', 'mia', null], 'Three slots that were freed are given again, and no fourth')
  }),

  oneStore('[S19] computes the waiting time from the open tickets that came before', async (store) => {
    rowOf(await store.lineManagers.create(newLineManager('mia', { average_serving_time: 2.5 })))
    const tickets = [await ask(store), await ask(store), await ask(store)]
    const times = tickets.map(({ waiting_time }) => waiting_time)
    expectSame(times, [0, 2.5, 5], 'A ticket waits for those of its line manager that came before')
    const closing = await store.tickets.close('acme', tickets[0]?._id ?? '', 'mia')
    expectSame(closing?.ticket.waiting_time, null, 'A closed ticket does not wait')
    const third = await store.tickets.get('acme', tickets[2]?._id ?? '')
    expectSame(third?.waiting_time, 2.5, 'Nobody waits for a closed ticket')
    const { tickets: listed } = await store.tickets.list('acme', { limit: 10 })
    const now = listed.map(({ waiting_time }) => waiting_time)
    expectSame(now, [2.5, 0, null], 'A list has the same waiting times as get')
  }),
]

const readingCases: readonly StoreCase[] = [
  oneStore(
    '[S20] lists tickets newest first, by customer, topic and whether they are closed, after a known one',
    async (store) => {
      const create = async (user_id: string, product: string) => (await ask(store, { user_id, product }))._id
      const a = await create('ann', 'billing')
      const b = await create('ben', 'billing')
      const c = await create('ann', 'delivery')
      const d = await create('ann', 'billing')
      for (const id of [b, c]) await store.tickets.close('acme', id, 'mia')
      const filters: [TicketFilter, expected: string[], more: boolean][] = [
        [{ limit: 10 }, [d, c, b, a], false],
        [{ limit: 2 }, [d, c], true],
        [{ before: c, limit: 2 }, [b, a], false],
        [{ before: a, limit: 2 }, [], false],
        [{ user_ids: ['ann'], limit: 10 }, [d, c, a], false],
        [{ user_ids: ['ben', 'ann'], limit: 3 }, [d, c, b], true],
        [{ user_ids: ['ann', 'ben'], before: c, limit: 3 }, [b, a], false],
        [{ user_ids: ['ben', 'zoe'], product: 'billing', limit: 9 }, [b], false],
        [{ user_ids: ['ben', 'zoe'], before: d, limit: 9 }, [], false],
        [{ user_ids: [], limit: 9 }, [], false],
        [{ product: 'billing', limit: 2 }, [d, b], true],
        [{ user_ids: ['ann'], product: 'billing', before: d, limit: 10 }, [a], false],
        [{ user_ids: ['ann'], before: b, limit: 10 }, [], false],
        [{ before: 'unknown', limit: 10 }, [], false],
        [{ is_closed: false, limit: 1 }, [d], true],
        [{ is_closed: true, limit: 9 }, [c, b], false],
        [{ is_closed: false, before: c, limit: 9 }, [a], false],
        [{ is_closed: true, user_ids: ['ben', 'ann'], limit: 1 }, [c], true],
        [{ is_closed: false, user_ids: ['ann'], before: d, limit: 9 }, [a], false],
        [{ is_closed: true, product: 'billing', limit: 9 }, [b], false],
        [{ is_closed: false, user_ids: ['ann', 'ben'], product: 'billing', limit: 1 }, [d], true],
        [{ is_closed: true, user_ids: ['ann'], product: 'billing', limit: 9 }, [], false],
      ]
      const names = new Map([a, b, c, d].map((id, index) => [id, 'abcd'[index]]))
      const named = (tickets: readonly string[]) => tickets.map((id) => names.get(id) ?? id)
      for (const [filter, expected, more] of filters) {
        const page = await store.tickets.list('acme', filter)
        const asked = JSON.stringify(filter)
        expectSame(
          named(ids(page.tickets)),
          named(expected),
          `Tickets a, b, c, d are filtered by ${asked}, newest first`,
        )
        expectSame(page.more, more, `A list by ${asked} tells whether there are older tickets`)
      }
    },
  ),

  oneStore('[S20] meets every ticket once, page after page', async (store) => {
    const made = await Promise.all(range(1, 25).map(() => ask(store)))
    const met: string[] = []
    for (let more = true; more; ) {
      const before = met.at(-1)
      const page = await store.tickets.list('acme', { limit: 4, ...(before !== undefined && { before }) })
      met.push(...ids(page.tickets))
      more = page.more && met.length < made.length
    }
    expectSame(
      met.toSorted(),
      ids(made).toSorted(),
      'Paging through tickets meets each once: no overlap, no hole',
    )
  }),

  oneStore('[S3] answers a repeated cid with the ticket as it is now', async (store) => {
    await hire(store, ['mia'])
    const request = newTicket({ client_created_at: '2024-01-01T00:00:00.000Z', display_name: 'Ann' })
    const created = await Promise.all([store.tickets.create(request), store.tickets.create(request)])
    const ticket = rowOf(created[0])
    expectSame(ticket, Ticket.parse(ticket), 'A ticket is as the protocol has it')
    const { user_id, display_name, product, client_created_at } = request
    const expected = { ...ticket, user_id, display_name, product, client_created_at, is_closed: false }
    expectSame(ticket, expected, 'A ticket is as requested, and open')
    expectSame(created.map(rowOf), [ticket, ticket], 'A repeated cid is answered with the ticket')
    const repeated = created.filter((one) => 'row' in one && !one.created)
    expectSame(repeated.length, 1, 'A cid makes a ticket once')
    const closing = await store.tickets.close('acme', ticket._id, 'mia')
    const now = rowOf(await store.tickets.create(request))
    expectSame(now, closing?.ticket, 'A repeated cid is answered with the ticket as it is now')
    const another = await store.tickets.create({ ...request, fingerprint: 'another' })
    expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    const listed = await store.tickets.list('acme', { limit: 10 })
    expectSame(listed.tickets.length, 1, 'A cid makes a ticket once')
    const earlier_ids = ['guest:1', request.user_id]
    const ofLater = await store.tickets.create({ ...request, user_id: 'zoe', earlier_ids })
    expectSame(
      [rowOf(ofLater), 'row' in ofLater && ofLater.created],
      [now, false],
      'also under a later id of its user',
    )
    const has = (ids: readonly string[], cid: string) => store.tickets.has('acme', ids, cid)
    const known = [
      await has(earlier_ids, request.cid),
      await has(['ben'], request.cid),
      await has(earlier_ids, 'x'),
    ]
    expectSame(known, [true, false, false], 'Whether a cid has made a ticket is known by its user')
    const ofBen = await ask(store, { ...request, user_id: 'ben' })
    expectSame(ofBen._id === ticket._id, false, 'A cid belongs to its user')
    expectSame(
      await store.tickets.get('acme', 'unknown'),
      null,
      'get answers null where there is no such ticket',
    )
    const owned = await Promise.all([
      store.tickets.get('acme', ticket._id, ['ben', request.user_id]),
      store.tickets.get('acme', ticket._id, ['ben']),
      store.tickets.get('acme', ticket._id, []),
    ])
    expectSame(owned, [closing?.ticket, null, null], 'get answers null where the ticket is not an owner’s')
    const some = await store.tickets.getSome('acme', [ofBen._id, 'unknown', ticket._id])
    expectSame(some, [closing?.ticket, ofBen], 'getSome answers those that there are, oldest first')
    expectSame(await store.tickets.getSome('acme', []), [], 'getSome answers none where none is asked for')
  }),
]

export const ticketCases: readonly StoreCase[] = [...racingCases, ...lineCases, ...readingCases]
