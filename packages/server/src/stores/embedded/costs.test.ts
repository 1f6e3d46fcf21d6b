import { expect, it } from 'vitest'
import { type Noted, openNoted } from '../../../tests/support/noted-engine.ts'
import { drafts, newLineManager, newTicket, range, room } from '../../testing/store-cases/making.ts'
import type { Given, NewTicket } from '../store.ts'
import { createEngine, type Engine } from './engine.ts'
import { loadSqlite, prepareDatabase } from './sqlite.ts'

function call<Value>(engine: Engine, method: string, ...args: unknown[]): Value {
  const [answer] = engine.run([['tickets', method, args]])
  if (!answer || !('value' in answer)) throw new Error(`tickets.${method}: ${JSON.stringify(answer)}`)
  return answer.value as Value
}

function hire(engine: Engine, name: string, capacity: number | null): void {
  engine.run([['lineManagers', 'create', [newLineManager(name, { capacity })]]])
}

function open(engine: Engine, change: Partial<NewTicket> = {}): string {
  return call<{ row: { _id: string } }>(engine, 'create', newTicket(change)).row._id
}

/** What each kind of request runs beside so many open tickets. */
async function costsBeside(count: number): Promise<{ noted: Noted; costs: Record<string, string[]> }> {
  const noted = await openNoted()
  const { engine } = noted
  hire(engine, 'mia', count + 2)
  const all = range(1, count).map(() => open(engine))
  const [first = '', middle = '', last = ''] = [all[0], all[Math.floor(count / 2)], all.at(-1)]
  const costs: Record<string, string[]> = {
    opening: noted.ran(() => open(engine)),
    reading: noted.ran(() => call(engine, 'get', 'acme', last)),
    "reading one's own": noted.ran(() => call(engine, 'get', 'acme', last, ['ann'])),
    "reading another's": noted.ran(() => call(engine, 'get', 'acme', last, ['zoe'])),
    'reading none': noted.ran(() => call(engine, 'get', 'acme', 'none', ['zoe'])),
    closing: noted.ran(() => call(engine, 'close', 'acme', middle, 'mia')),
    'closing the oldest': noted.ran(() => call(engine, 'close', 'acme', first, 'mia')),
    'opening after closing': noted.ran(() => open(engine)),
    'looking for one that waits': noted.ran(() => call(engine, 'assignWaiting', 'acme')),
    'a page': noted.ran(() => call(engine, 'list', 'acme', { limit: 5 })),
    'a page of a topic': noted.ran(() => call(engine, 'list', 'acme', { limit: 5, product: 'billing' })),
    "a page of a customer's": noted.ran(() => {
      call(engine, 'list', 'acme', { limit: 5, user_ids: ['ann'], product: 'billing' })
    }),
    'a line': noted.ran(() => call(engine, 'listOpen', 'acme', 'mia', { limit: 5, after: last })),
    'the line managers': noted.ran(() => engine.run([['lineManagers', 'list', ['acme']]])),
  }
  for (const _ of range(1, 3)) open(engine)
  costs['a ticket that waits'] = noted.ran(() => open(engine))
  call(engine, 'close', 'acme', all[2], 'mia')
  costs['giving one that waits'] = noted.ran(() => call(engine, 'assignWaiting', 'acme'))
  return { noted, costs }
}

it('[CC6] runs the same statements beside 10 open tickets and beside 500, each of them by an index', async () => {
  const few = await costsBeside(10)
  const many = await costsBeside(500)

  expect(many.costs).toEqual(few.costs)
  const statements = new Set(Object.values(many.costs).flat())
  for (const sql of statements) {
    const plan = many.noted.planOf(sql)
    for (const step of plan) {
      expect(step, sql).not.toMatch(/TEMP B-TREE/)
      // What is scanned is a row that a search has found, or the list of topics in one.
      expect(step, sql).not.toMatch(/^SCAN (?!json_each|\(subquery)/)
    }
    // A line's tickets are found without those of others.
    if (/(?<!\.)line_manager (=|IS)(?! line).* is_closed = 0/s.test(sql))
      expect(plan.join('\n'), sql).toMatch(/INDEX tickets_open \(workspace_id=\? AND line_manager=\?/)
    // A count has an end, and nothing but a key is read without one.
    if (/count\(/.test(sql)) expect(sql).toMatch(/LIMIT/)
  }
})

it('[CC5] looks for a ticket of somebody else, and for one that does not exist, in the same way', async () => {
  const { costs } = await costsBeside(10)
  expect(costs["reading another's"]).toEqual(costs['reading none'])
})

it('[CC6] leaves no gap between the slots, whichever tickets close', async () => {
  const { engine } = await openNoted()
  hire(engine, 'mia', 50)
  const tickets = range(1, 60).map(() => open(engine))
  for (const at of [49, 0, 20, 21, 7, 48]) call(engine, 'close', 'acme', tickets[at], 'mia')
  const given = call<Given>(engine, 'assignWaiting', 'acme')
  expect(given.tickets).toHaveLength(6)
})

it('[CC6] gives slots in the gaps that tickets from elsewhere have', async () => {
  const db = (await loadSqlite())(':memory:')
  prepareDatabase(db, ':memory:')
  const engine = createEngine(db)
  hire(engine, 'mia', 4)
  for (const _ of range(1, 4)) open(engine)
  db.exec('UPDATE tickets SET is_closed = 1, slot = NULL WHERE slot IN (2, 3)')
  const slots = () =>
    db.prepare<{ slot: number }>('SELECT slot FROM tickets WHERE slot IS NOT NULL ORDER BY slot').all()
  expect(slots().map(({ slot }) => slot)).toEqual([1, 4])
  for (const _ of range(1, 3)) open(engine)
  expect(slots().map(({ slot }) => slot)).toEqual([1, 2, 3, 4])
})

it('[CC6] counts the tickets of a line manager by whichever statement changes them', async () => {
  const db = (await loadSqlite())(':memory:')
  prepareDatabase(db, ':memory:')
  const engine = createEngine(db)
  const counts = () =>
    db
      .prepare<{ user_id: string; ticket_count: number }>(
        'SELECT user_id, ticket_count FROM line_managers ORDER BY n',
      )
      .all()
      .map(({ user_id, ticket_count }) => [user_id, ticket_count])
  hire(engine, 'mia', null)
  hire(engine, 'max', null)
  const tickets = range(1, 6).map(() => open(engine))
  expect(counts()).toEqual([
    ['mia', 3],
    ['max', 3],
  ])
  db.exec("UPDATE tickets SET line_manager = 'max', slot = slot + 10 WHERE line_manager = 'mia'")
  expect(counts()).toEqual([
    ['mia', 0],
    ['max', 6],
  ])
  db.prepare('UPDATE tickets SET is_closed = 1, line_manager = NULL, slot = NULL WHERE id = ?').run(
    tickets[0] ?? '',
  )
  db.prepare('DELETE FROM tickets WHERE id = ?').run(tickets[1] ?? '')
  expect(counts()).toEqual([
    ['mia', 0],
    ['max', 4],
  ])
  db.exec("UPDATE line_managers SET user_id = 'moe' WHERE user_id = 'max'")
  expect(counts()).toEqual([
    ['mia', 0],
    ['moe', 0],
  ])
  db.exec("UPDATE tickets SET line_manager = 'moe' WHERE line_manager = 'max'")
  expect(counts()).toEqual([
    ['mia', 0],
    ['moe', 4],
  ])
})

it('[CC2] counts no more than 1,000 tickets before one, in a page too', async () => {
  const { engine } = await openNoted()
  hire(engine, 'mia', null)
  const tickets = range(1, 1_003).map(() => open(engine))
  const waits = (id: string | undefined) =>
    call<{ waiting_time: number }>(engine, 'get', 'acme', id).waiting_time
  expect([0, 1, 999, 1_000, 1_001, 1_002].map((at) => waits(tickets[at]))).toEqual([
    0, 5, 4_995, 5_000, 5_000, 5_000,
  ])
  const page = call<{ tickets: { waiting_time: number }[] }>(engine, 'list', 'acme', { limit: 5 })
  expect(page.tickets.map(({ waiting_time }) => waiting_time)).toEqual([5_000, 5_000, 5_000, 4_995, 4_990])
})

it('[CC9] reads one entry of a log that has nothing old, and few more than it removes of one that has', async () => {
  const { engine, rowsRead } = await openNoted()
  const names = range(1, 20).map((n) => `room ${n}`)
  for (const name of names) engine.run([['streams', 'append', [room(name), drafts(150)]]])
  const prune = (before: string) => () => {
    const [answer] = engine.run([['streams', 'prune', ['acme', before, null]]])
    expect(answer).toHaveProperty('value')
  }
  expect(rowsRead(prune('2000-01-01T00:00:00.000Z'))).toBeLessThanOrEqual(2 * names.length)
  expect(rowsRead(prune('9999-01-01T00:00:00.000Z'))).toBeLessThanOrEqual(1_000 + 2 * names.length + 50)
})
