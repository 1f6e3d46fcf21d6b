import type { Store, TicketChange, TicketFilter } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { ask, hire, ids, range } from './making.ts'
import { movedOf } from './moves.ts'
import { oneStore, type StoreCase, threeStores } from './store-case.ts'

const [early, late] = ['2026-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z']

const changeCases: readonly StoreCase[] = [
  oneStore('[S35] changes what is named of a ticket, and leaves the rest', async (store) => {
    const { _id } = await ask(store, { subject: 'Help', metadata: { 'a.b': 1 } })
    const target = { kind: 'solved', due_at: early } as const
    const rating = { score: 5, comment: null, rated_at: early }
    const changes: TicketChange = {
      ...{ subject: null, tags: ['vip', 'a.$b'], priority: 'urgent', rating, target },
    }
    const changed = await store.tickets.update('acme', _id, changes)
    expectSame({ ...changed, ...changes }, changed, 'What is named is changed')
    expectSame(changed?.metadata, { 'a.b': 1 }, 'What is not named stays')
    expectSame(await store.tickets.get('acme', _id), changed, 'A change answers the ticket as it is')
    const without = await store.tickets.update('acme', _id, { metadata: null, target: null })
    expectSame([without?.metadata, without?.target], [undefined, null], 'Null takes it away')
    expectSame(
      await store.tickets.update('acme', 'none', { subject: 'x' }),
      null,
      'No ticket, nothing to change',
    )
  }),

  oneStore(
    '[S35] finds tickets whose targets are past, and first messages that were not sent',
    async (store) => {
      const [a, b, c] = [
        await ask(store, { first_text: '{"message_data":"Hi"}' }),
        await ask(store, { first_text: '{}' }),
        await ask(store),
      ]
      await store.tickets.update('acme', b._id, { target: { kind: 'solved', due_at: early } })
      await store.tickets.update('acme', c._id, { target: { kind: 'solved', due_at: late } })
      const overdue = async (before: string) =>
        (await store.tickets.overdue(before, 9)).map(({ workspace_id, ticket }) => [workspace_id, ticket._id])
      expectSame(
        await overdue('2026-06-01T00:00:00.000Z'),
        [['acme', b._id]],
        'Targets before the time are past',
      )
      await store.tickets.update('acme', b._id, { target: null })
      expectSame(await overdue('2026-06-01T00:00:00.000Z'), [], 'A target that is gone is not past')
      const unsent = async () => (await store.tickets.unsent(late, 9)).map(({ ticket_id }) => ticket_id)
      expectSame(
        await unsent(),
        [a._id, b._id],
        'First messages are there until they were sent, oldest first',
      )
      expectSame(await store.tickets.unsent(early, 9), [], 'Those that are younger are not meant')
      expectSame(await store.tickets.firstText('acme', a._id), '{"message_data":"Hi"}', 'as they were given')
      await store.tickets.firstSent('acme', a._id)
      expectSame(
        [await store.tickets.firstText('acme', a._id), await unsent()],
        [null, [b._id]],
        'and then not',
      )
    },
  ),

  oneStore('[S35] forgets what was predicted once it is taken', async (store) => {
    const { _id } = await ask(store)
    const predicted = { unknown: 'nobody_online', computed_at: early } as never
    const { updated_at } = (await store.tickets.update('acme', _id, { predicted })) ?? {}
    const noted = await store.tickets.get('acme', _id)
    expectSame(noted?.updated_at, updated_at, 'What clients do not see updates nothing')
    const taken = [
      await store.tickets.takePredictions('acme', [_id, 'none']),
      await store.tickets.takePredictions('acme', [_id]),
    ]
    expectSame(taken, [[{ ticket_id: _id, predicted }], []], 'It is answered once')
  }),

  threeStores('[S35] answers what was predicted once, to one of those who ask at once', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    const all = ids(await Promise.all(range(1, 10).map(() => ask(store))))
    const predicted = { unknown: 'nobody_online', computed_at: early } as never
    await Promise.all(all.map((id) => store.tickets.update('acme', id, { predicted })))
    const taken = await Promise.all(stores.map((one) => one.tickets.takePredictions('acme', all)))
    const found = taken.flat().map(({ ticket_id }) => ticket_id)
    expectSame(found.toSorted(), all.toSorted(), 'Each is answered once')
  }),
]

const listCases: readonly StoreCase[] = [
  oneStore('[S36] lists tickets by state, owner, tag, text and day, in three orders', async (store) => {
    const a = await ask(store, { user_id: 'ann', subject: 'My 100% discount' })
    const b = await ask(store, { user_id: 'ben', display_name: 'Ben (VIP)' })
    const c = await ask(store, { user_id: 'ann', product: 'delivery' })
    const d = await ask(store, { user_id: 'zoe' })
    await hire(store, ['mia'])
    movedOf(await store.tickets.move('acme', a._id, { kind: 'take', line_manager: 'mia' }, 'mia'))
    movedOf(await store.tickets.move('acme', b._id, { kind: 'take', line_manager: 'mia' }, 'mia'))
    movedOf(await store.tickets.move('acme', b._id, { kind: 'answer' }, 'mia'))
    await store.tickets.close('acme', d._id, 'mia')
    await store.tickets.update('acme', c._id, { priority: 'urgent', tags: ['vip'] })
    await store.tickets.update('acme', a._id, { tags: ['vip', 'old'] })
    await store.tickets.touch('acme', [
      { ticket_id: b._id, at: '2100-01-02T00:00:00.000Z' },
      { ticket_id: a._id, at: '2100-01-01T00:00:00.000Z' },
      { ticket_id: b._id, at: early },
      { ticket_id: 'none', at: late },
    ])
    const today = a.created_at.slice(0, 10)
    const names = new Map([a, b, c, d].map(({ _id }, at) => [_id, 'abcd'[at] ?? '']))
    const filters: [Omit<TicketFilter, 'limit'> & { limit?: number }, string][] = [
      [{ states: ['assigned'] }, 'a'],
      [{ states: ['waiting', 'open'] }, 'cb'],
      [{ states: ['closed'] }, 'd'],
      [{ states: ['closed'], is_closed: false }, ''],
      [{ line_manager: 'mia' }, 'ba'],
      [{ line_manager: null }, 'dc'],
      [{ line_manager: null, is_closed: false }, 'c'],
      [{ line_manager: null, is_closed: true }, 'd'],
      [{ line_manager: 'mia', is_closed: false }, 'ba'],
      [{ line_manager: 'mia', product: 'billing', states: ['open'] }, 'b'],
      [{ tag: 'vip' }, 'ca'],
      [{ tag: 'vip', user_ids: ['ann'], product: 'billing' }, 'a'],
      [{ tag: 'none' }, ''],
      [{ text: '100% DIS' }, 'a'],
      [{ text: 'n (v' }, 'b'],
      [{ text: '.*' }, ''],
      [{ text: 'zo' }, 'd'],
      [{ day: today, product: 'billing' }, 'dba'],
      [{ day: today, before: c._id, limit: 2 }, 'ba'],
      [{ day: '2001-01-01' }, ''],
      [{ day: today, order: 'longest_waiting' }, 'cab'],
      [{ order: 'longest_waiting' }, 'cab'],
      [{ order: 'longest_waiting', before: c._id }, 'ab'],
      [{ order: 'longest_waiting', states: ['waiting'], product: 'delivery' }, 'c'],
      [{ order: 'longest_waiting', line_manager: 'mia' }, 'ab'],
      [{ order: 'longest_waiting', user_ids: ['ann', 'ben'] }, 'cab'],
      [{ order: 'last_activity', line_manager: 'mia' }, 'ba'],
      [{ order: 'last_activity', line_manager: 'mia', is_closed: false }, 'ba'],
      [{ order: 'last_activity', line_manager: 'mia', is_closed: true }, ''],
      [{ order: 'last_activity', line_manager: null, states: ['closed'] }, 'd'],
      [{ order: 'last_activity' }, 'badc'],
      [{ order: 'last_activity', before: a._id }, 'dc'],
      [{ order: 'last_activity', user_ids: ['ann', 'ben'] }, 'bac'],
      [{ order: 'last_activity', is_closed: false, tag: 'vip' }, 'ac'],
    ]
    for (const [filter, expected] of filters) {
      const { tickets, more } = await store.tickets.list('acme', { limit: 10, ...filter })
      const found = ids(tickets)
        .map((id) => names.get(id))
        .join('')
      expectSame(
        [found, more],
        [expected, false],
        `Tickets a, b, c, d are listed by ${JSON.stringify(filter)}`,
      )
    }
    for (const order of ['newest', 'longest_waiting', 'last_activity'] as const) {
      const all = ids((await store.tickets.list('acme', { limit: 10, order, is_closed: false })).tickets)
      const met: string[] = []
      for (let more = true; more && met.length < 9; ) {
        const before = met.at(-1)
        const part = { limit: 1, order, is_closed: false, ...(before !== undefined && { before }) }
        const page = await store.tickets.list('acme', part)
        met.push(...ids(page.tickets))
        more = page.more
      }
      expectSame(met, all, `Paging by ${order} meets each once`)
    }
  }),
]

export const ticketDetailCases: readonly StoreCase[] = [...changeCases, ...listCases]
