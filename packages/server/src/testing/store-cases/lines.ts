import type { Ticket } from '@dowellchat/protocol'
import { expectSame, expectTrue } from './checks.ts'
import { ask, hire, ids, range } from './making.ts'
import { oneStore, type StoreCase } from './store-case.ts'

/** A line of tickets is read and given in bounded parts. */
export const lineCases: readonly StoreCase[] = [
  oneStore('[CC8] lists a line in pages, from a ticket on that may be closed', async (store) => {
    await hire(store, ['mia', 'max'])
    const tickets: Ticket[] = []
    for (const _ of range(1, 12)) tickets.push(await ask(store))
    const line = ids(tickets.filter(({ line_manager }) => line_manager === 'mia'))
    const [first, second, third, fourth, fifth, sixth] = line
    await store.tickets.close('acme', second ?? '', 'mia')
    const listed = async (after: string | undefined, limit: number) =>
      ids(await store.tickets.listOpen('acme', 'mia', { limit, ...(after !== undefined && { after }) }))
    const rule = 'A page of a line has the open tickets after a known one, oldest first'
    expectSame(await listed(undefined, 2), [first, third], rule)
    expectSame(await listed(second, 2), [third, fourth], rule)
    expectSame(await listed(third, 9), [fourth, fifth, sixth], rule)
    expectSame(await listed(sixth, 9), [], rule)
    expectSame(await listed('unknown', 9), [], 'An unknown ticket is followed by none')
    const [page] = await store.tickets.listOpen('acme', 'mia', { after: third ?? '', limit: 1 })
    expectSame(page?.waiting_time, 10, 'A page of a line has the same waiting times as get')
  }),

  oneStore('[CC8] gives at most 100 tickets that wait, and goes on with the next call', async (store) => {
    const waiting = await Promise.all(range(1, 120).map(() => ask(store)))
    expectSame(
      waiting.filter(({ line_manager }) => line_manager !== null),
      [],
      'With nobody free a ticket waits',
    )
    await hire(store, ['mia'], 110)
    const given: Ticket[][] = []
    for (let isOver = false; !isOver; ) {
      const { tickets, more } = await store.tickets.assignWaiting('acme')
      given.push(tickets)
      isOver = !more
    }
    expectTrue((given[0]?.length ?? 0) <= 100, 'One call gives at most 100 tickets', given[0]?.length)
    expectSame(new Set(ids(given.flat())).size, 110, 'All that have room are given, each once')
    const [mia] = await store.lineManagers.list('acme')
    expectSame(mia?.ticket_count, 110, "A line manager's ticket_count is the number of their open tickets")
  }),
]
