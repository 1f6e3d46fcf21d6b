import assert from 'node:assert/strict'
import type { Ticket } from '@dowellchat/protocol'
import type { Store } from '../store.ts'
import { newLineManager, newTicket, range, rowOf, type StoreCase } from './making.ts'

async function hire(store: Store, ...names: string[]): Promise<void> {
  for (const name of names) await store.lineManagers.create(newLineManager(name))
}

async function ask(store: Store, user_id = 'ann'): Promise<Ticket> {
  return rowOf(await store.tickets.create(newTicket({ user_id })))
}

async function counts(store: Store): Promise<number[]> {
  return (await store.lineManagers.list('acme')).map(({ ticket_count }) => ticket_count)
}

const ids = (tickets: readonly Ticket[]): string[] => tickets.map(({ _id }) => _id)

export const ticketCases: readonly StoreCase[] = [
  {
    title: 'spreads 200 tickets at once evenly, and still counts right when half are closed twice at once',
    async run(open) {
      const store = await open()
      await hire(store, 'mia', 'max', 'moe')
      const tickets = await Promise.all(range(1, 200).map(() => ask(store)))
      const afterCreation = await counts(store)
      assert.ok(Math.max(...afterCreation) - Math.min(...afterCreation) <= 1, `${afterCreation}`)
      assert.equal(
        afterCreation.reduce((sum, count) => sum + count),
        200,
      )

      const half = ids(tickets.filter((_, index) => index % 2 === 0))
      const closings = await Promise.all(
        [...half, ...half].map((id) => store.tickets.close('acme', id, 'mia')),
      )
      assert.equal(closings.filter((closing) => closing?.closed_now).length, 100)
      const open_ = await Promise.all(
        ['mia', 'max', 'moe'].map((name) => store.tickets.listOpen('acme', name)),
      )
      assert.deepEqual(
        await counts(store),
        open_.map(({ length }) => length),
      )
      assert.equal(open_.flat().length, 100)

      await Promise.all(range(1, 50).map(() => ask(store)))
      const afterRefill = await counts(store)
      assert.equal(
        afterRefill.reduce((sum, count) => sum + count),
        150,
      )
      assert.ok(Math.max(...afterRefill) - Math.min(...afterRefill) <= 1, `${afterRefill}`)
      await store.close()
    },
  },
  {
    title: 'gives a ticket to the least loaded line manager, then the lowest position, then the oldest',
    async run(open) {
      const store = await open()
      await store.lineManagers.create(newLineManager('late', { positions_in_a_line: 2 }))
      await hire(store, 'first', 'second')
      const given = [await ask(store), await ask(store), await ask(store), await ask(store)]
      assert.deepEqual(
        given.map(({ line_manager }) => line_manager),
        ['first', 'second', 'late', 'first'],
      )
      await store.tickets.close('acme', given[1]?._id ?? '', 'second')
      assert.equal((await ask(store)).line_manager, 'second')
      await store.close()
    },
  },
  {
    title: 'lets tickets wait while everybody is full, and gives them out in their order',
    async run(open) {
      const store = await open()
      const waiting = [await ask(store), await ask(store), await ask(store), await ask(store)]
      for (const ticket of waiting) assert.deepEqual([ticket.line_manager, ticket.waiting_time], [null, null])
      assert.deepEqual(await store.tickets.assignWaiting('acme'), [])

      await store.lineManagers.create(newLineManager('mia', { capacity: 2 }))
      const [first, second, third, fourth] = ids(waiting)
      assert.deepEqual(ids(await store.tickets.assignWaiting('acme')), [first, second])
      assert.equal((await ask(store)).line_manager, null)
      await store.tickets.close('acme', fourth ?? '', 'ann')
      await store.tickets.close('acme', first ?? '', 'mia')
      const [given, ...none] = await Promise.all([
        store.tickets.assignWaiting('acme'),
        store.tickets.assignWaiting('acme'),
        store.tickets.assignWaiting('other'),
      ])
      assert.deepEqual(ids(given), [third])
      assert.deepEqual(none, [[], []])
      assert.deepEqual(ids(await store.tickets.listOpen('acme', 'mia')), [second, third])
      assert.deepEqual(await counts(store), [2])
      await store.close()
    },
  },
  {
    title: 'reuses the slots of closed tickets up to the capacity, whichever were closed',
    async run(open) {
      const store = await open()
      await store.lineManagers.create(newLineManager('mia', { capacity: 6 }))
      const tickets: Ticket[] = []
      for (const _ of range(1, 6)) tickets.push(await ask(store))
      for (const index of [4, 0, 2]) await store.tickets.close('acme', tickets[index]?._id ?? '', 'mia')
      const next = [await ask(store), await ask(store), await ask(store), await ask(store)]
      assert.deepEqual(
        next.map(({ line_manager }) => line_manager),
        ['mia', 'mia', 'mia', null],
      )
      await store.close()
    },
  },
  {
    title: 'computes the waiting time from the open tickets that came before',
    async run(open) {
      const store = await open()
      await store.lineManagers.create(newLineManager('mia', { average_serving_time: 2.5 }))
      const [first, second, third] = [await ask(store), await ask(store), await ask(store)]
      assert.deepEqual([first.waiting_time, second.waiting_time, third.waiting_time], [0, 2.5, 5])
      const closing = await store.tickets.close('acme', first._id, 'mia')
      assert.equal(closing?.ticket.waiting_time, null)
      assert.equal((await store.tickets.get('acme', third._id))?.waiting_time, 2.5)
      const { tickets } = await store.tickets.list('acme', { limit: 10 })
      assert.deepEqual(
        tickets.map(({ waiting_time }) => waiting_time),
        [2.5, 0, null],
      )
      await store.close()
    },
  },
  {
    title: 'closes once, whoever closes again, and reports the one who did',
    async run(open) {
      const store = await open()
      await hire(store, 'mia')
      const ticket = await ask(store)
      const closings = await Promise.all(
        ['mia', 'max'].map((by) => store.tickets.close('acme', ticket._id, by)),
      )
      assert.deepEqual(
        closings.map((one) => [one?.closed_now, one?.closing]),
        [
          [true, { by: 'mia', count: 1 }],
          [false, { by: 'mia', count: 1 }],
        ],
      )
      const closed = await store.tickets.get('acme', ticket._id)
      assert.ok(closed?.is_closed && closed.closed_at !== null && closed.updated_at === closed.closed_at)
      assert.deepEqual(closings[1]?.ticket, closed)
      assert.equal(closed.line_manager, 'mia')
      assert.equal(await store.tickets.close('acme', 'unknown', 'mia'), null)
      assert.equal(await store.tickets.close('other', ticket._id, 'mia'), null)
      await store.close()
    },
  },
  {
    title: 'lists tickets newest first, by customer and topic, from one that is known on',
    async run(open) {
      const store = await open()
      const create = async (user_id: string, product: string) =>
        rowOf(await store.tickets.create(newTicket({ user_id, product })))._id
      const a = await create('ann', 'billing')
      const b = await create('ben', 'billing')
      const c = await create('ann', 'delivery')
      const d = await create('ann', 'billing')
      const list = async (filter: Omit<Parameters<Store['tickets']['list']>[1], 'limit'>, limit = 10) => {
        const { tickets, more } = await store.tickets.list('acme', { ...filter, limit })
        return [...ids(tickets), more]
      }
      assert.deepEqual(await list({}), [d, c, b, a, false])
      assert.deepEqual(await list({}, 2), [d, c, true])
      assert.deepEqual(await list({ before: c }, 2), [b, a, false])
      assert.deepEqual(await list({ user_id: 'ann' }), [d, c, a, false])
      assert.deepEqual(await list({ product: 'billing' }, 2), [d, b, true])
      assert.deepEqual(await list({ user_id: 'ann', product: 'billing', before: d }), [a, false])
      assert.deepEqual(await list({ before: 'unknown' }), [false])
      assert.deepEqual(await store.tickets.list('other', { limit: 10 }), { tickets: [], more: false })
      assert.deepEqual(await store.tickets.list('other', { before: d, limit: 10 }), {
        tickets: [],
        more: false,
      })
      await store.close()
    },
  },
  {
    title: 'answers a repeated cid with the ticket as it is now',
    async run(open) {
      const store = await open()
      await hire(store, 'mia')
      const request = newTicket()
      const [first, second] = await Promise.all([
        store.tickets.create(request),
        store.tickets.create(request),
      ])
      assert.deepEqual(second, { created: false, row: rowOf(first) })
      const closing = await store.tickets.close('acme', rowOf(first)._id, 'mia')
      assert.deepEqual(rowOf(await store.tickets.create(request)), closing?.ticket)
      assert.deepEqual(await store.tickets.create({ ...request, fingerprint: 'another' }), {
        conflict: 'cid',
      })
      assert.equal((await store.tickets.list('acme', { limit: 10 })).tickets.length, 1)
      assert.notEqual(rowOf(await store.tickets.create({ ...request, user_id: 'ben' }))._id, rowOf(first)._id)
      const elsewhere = rowOf(await store.tickets.create({ ...request, workspace_id: 'other' }))
      assert.equal(elsewhere.line_manager, null)
      assert.equal(await store.tickets.get('other', rowOf(first)._id), null)
      await store.close()
    },
  },
]
