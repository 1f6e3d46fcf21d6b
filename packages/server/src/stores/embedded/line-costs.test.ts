import type { TicketMove } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { type Noted, openNoted } from '../../../tests/support/noted-engine.ts'
import { newLineManager, newTicket, newTopic, range } from '../../testing/store-cases/making.ts'
import { newShareLink } from '../../testing/store-cases/share-links.ts'
import type { Store, TicketFilter } from '../store.ts'
import type { Engine } from './engine.ts'

const now = '2100-01-01T00:00:00.000Z'

/** Calls a method of a store. @throws what it ends with */
function call<D extends 'tickets' | 'lineManagers' | 'topics' | 'shareLinks'>(
  engine: Engine,
  domain: D,
  method: keyof Store[D] & string,
  ...args: unknown[]
): unknown {
  // The names of the engine's operations are those of the domain's methods.
  const [answer] = engine.run([[domain, method, args] as never])
  if (!answer || !('value' in answer)) throw new Error(`${domain}.${method}: ${JSON.stringify(answer)}`)
  return answer.value
}

interface Costs {
  readonly noted: Noted
  readonly costs: Record<string, string[]>
  readonly lists: Record<string, string[]>
}

const filters: readonly Omit<TicketFilter, 'limit'>[] = [
  { states: ['waiting'] },
  { states: ['waiting', 'open'] },
  { states: ['closed'] },
  { line_manager: 'mia' },
  { line_manager: null, is_closed: false },
  { tag: 'vip' },
  { text: 'ann', user_ids: ['ann'] },
  { day: '2026-01-01', product: 'billing' },
  { order: 'longest_waiting' },
  { order: 'longest_waiting', states: ['waiting'], product: 'billing' },
  { order: 'longest_waiting', line_manager: 'mia' },
  { order: 'last_activity' },
  { order: 'last_activity', line_manager: 'mia' },
  { order: 'last_activity', user_ids: ['ann'] },
]

/** What requests of the line run beside so many tickets that somebody has and so many that wait. */
async function costsBeside(count: number): Promise<Costs> {
  const noted = await openNoted()
  const { engine } = noted
  call(engine, 'topics', 'create', newTopic('billing'))
  call(engine, 'lineManagers', 'create', newLineManager('mia', { capacity: count }))
  const all = range(1, 2 * count).map(() => {
    const made = call(engine, 'tickets', 'create', newTicket({ first_text: '{}' }))
    return (made as { row: { _id: string } }).row._id
  })
  call(engine, 'lineManagers', 'create', newLineManager('max', { capacity: 1 }))
  const [held = '', waits = ''] = [all[Math.floor(count / 2)], all.at(-2)]
  const costs: Record<string, string[]> = {}
  const run = (what: string, work: () => void) => {
    costs[what] = noted.ran(work)
  }
  const move = (ticketId: string, one: TicketMove) =>
    run(one.kind, () => call(engine, 'tickets', 'move', 'acme', ticketId, one, 'mia'))
  move(held, { kind: 'answer' })
  move(held, { kind: 'hold' })
  move(held, { kind: 'resume' })
  move(held, { kind: 'transfer', product: 'other' })
  move(held, { kind: 'take', line_manager: 'max' })
  move(held, { kind: 'assign', line_manager: 'mia' })
  move(held, { kind: 'hand_back', line_manager: 'mia' })
  move(held, { kind: 'close' })
  move(held, { kind: 'reopen', line_manager: 'mia' })
  const tickets = (what: string, method: keyof Store['tickets'], ...args: unknown[]) =>
    run(what, () => call(engine, 'tickets', method, ...args))
  tickets('a change', 'update', 'acme', waits, { subject: 'x', tags: ['vip'] })
  tickets('a priority', 'update', 'acme', waits, { priority: 'urgent' })
  tickets('a target', 'update', 'acme', waits, { target: { kind: 'solved', due_at: now } })
  tickets('activity', 'touch', 'acme', [{ ticket_id: waits, at: now }])
  tickets('a first text', 'firstText', 'acme', waits)
  tickets('a first text that is sent', 'firstSent', 'acme', waits)
  tickets('first texts', 'unsent', now, 2)
  tickets('a place that waits', 'place', 'acme', waits)
  tickets('a place of somebody', 'place', 'acme', all[1])
  tickets('the length of a line', 'countInLine', 'acme', 'billing')
  tickets('the orders of a line', 'ordersIn', 'acme', 'topic:billing')
  tickets('the orders of what somebody has', 'ordersIn', 'acme', 'manager:mia')
  tickets('predictions', 'takePredictions', 'acme', [waits])
  tickets('the first', 'firstInLine', 'acme')
  tickets('the first of topics', 'firstInLine', 'acme', ['billing', 'other'])
  tickets('a claim', 'claimed', 'acme', 'mia', 'cid')
  tickets('a cid', 'has', 'acme', ['ann', 'guest'], 'cid')
  tickets('handing back', 'handBack', 'acme', 'mia', { onlyUnanswered: true, limit: 2 })
  tickets('handing all back', 'handBack', 'acme', 'mia', { limit: 2 })
  tickets('targets', 'overdue', now, 2)
  tickets('who shares', 'shared', 'acme', ['ann'], ['mia', 'zoe'])
  tickets('how many wait', 'countWaiting', 'acme')
  const managers = (what: string, method: keyof Store['lineManagers'], ...args: unknown[]) =>
    run(what, () => call(engine, 'lineManagers', method, ...args))
  managers('a line manager', 'update', 'acme', 'mia', { capacity: 2 * count })
  managers('coming', 'attend', 'acme', 'mia', { is_connected: true, at: now })
  managers('the absent', 'absent', now, 2)
  managers('observing', 'observe', 'acme', 'mia', 'billing', 3)
  managers('finishing', 'finish', 'acme', 'mia', now)
  managers('what was observed', 'observed', 'acme', 'mia')
  managers('who serves', 'serving', 'acme', 'billing')
  managers('removing one', 'remove', 'acme', 'max')
  run('a topic', () => call(engine, 'topics', 'update', 'acme', 'billing', { strategy: 'round_robin' }))
  run('a turn', () => call(engine, 'tickets', 'create', newTicket({ product: 'other' })))
  const link = newShareLink({ link_id: 'link', usernames: ['zoe'] })
  run('a link', () => call(engine, 'shareLinks', 'create', link))
  run('finding a link', () => call(engine, 'shareLinks', 'find', 'link'))
  run('using a link', () => call(engine, 'shareLinks', 'use', 'acme', 'link', 'billing', 'cid'))
  const taken = { link_id: 'link', user_id: 'zoe', product: 'billing', cid: 'cid' }
  run('giving a link back', () => call(engine, 'shareLinks', 'giveBack', 'acme', taken))
  const lists = Object.fromEntries(
    filters.map((filter) => [
      JSON.stringify(filter),
      noted.ran(() => call(engine, 'tickets', 'list', 'acme', { limit: 5, before: all[0], ...filter })),
    ]),
  )
  return { noted, costs, lists }
}

it('[CC6] runs the same statements of a line beside 10 tickets and beside 400, each of them by an index', async () => {
  const few = await costsBeside(10)
  const many = await costsBeside(400)

  expect(many.costs).toEqual(few.costs)
  expect(many.lists).toEqual(few.lists)
  for (const sql of new Set(Object.values(many.costs).flat())) {
    for (const step of many.noted.planOf(sql)) {
      expect(step, sql).not.toMatch(/TEMP B-TREE/)
      // The topics of a line manager are a list in their row.
      expect(step, sql).not.toMatch(/^SCAN (?!json_each|\(subquery)/)
    }
    if (/count\(/.test(sql) && !/FROM line_managers/.test(sql)) expect(sql).toMatch(/LIMIT/)
  }
  for (const sql of new Set(Object.values(many.lists).flat())) {
    const plan = many.noted.planOf(sql)
    for (const step of plan) expect(step, sql).not.toMatch(/^SCAN (?!json_each|\(subquery)/)
    // Only what a bounded range of an index has found is sorted.
    if (plan.some((step) => step.includes('TEMP B-TREE')))
      expect(sql).toMatch(/n IN \(SELECT .* INDEXED BY \w+ .* LIMIT \?\)/s)
  }
})
