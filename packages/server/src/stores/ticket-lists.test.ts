import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ticket } from '@dowellchat/protocol'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { ids, newTicket, range } from '../testing/store-cases/making.ts'
import { embeddedStore } from './embedded/index.ts'
import { embeddedPortable } from './embedded/portable/index.ts'
import { newTicketRow, type TicketRow } from './fields/tickets.ts'
import { connect } from './mongo/connection.ts'
import { databaseOver } from './mongo/database.ts'
import { numbersOf } from './mongo/numbers.ts'
import { mongoPortable } from './mongo/portable/index.ts'
import { ticketFinder } from './mongo/ticket-finder.ts'
import { ticketRows } from './mongo/ticket-rows.ts'
import type { Portable } from './portable.ts'
import { mostLookedThrough, type TicketFilter } from './store.ts'

type Filter = Omit<TicketFilter, 'limit'> & { readonly limit?: number }
type Found = readonly [ids: readonly string[], more: boolean]

interface Kept {
  /** How many tickets a list looks through. */
  readonly most: number
  /** Lists what is found of these tickets. */
  with(rows: readonly TicketRow[]): Promise<(filter: Filter) => Promise<Found>>
}

/** A ticket's row as it came to be at a time. */
function rowAt(at: string, change: Partial<TicketRow> = {}): TicketRow {
  const row = { ...newTicketRow(newTicket(), { line_manager: 'mia', slot: 1 }), slot: null }
  return { ...row, created_at: at, updated_at: at, active_at: at, enqueued_at: at, line_order: at, ...change }
}

/** A time, so many seconds after the year began. */
const second = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString()

/** Puts rows where no clock and no queue of requests is in their way. */
async function fill(opening: Promise<Portable>, rows: readonly TicketRow[]): Promise<void> {
  const portable = await opening
  for (let at = 0; at < rows.length; at += 1_000)
    await portable.write('acme', 'tickets', rows.slice(at, at + 1_000))
  await portable.close()
}

function testLists(kept: Kept): void {
  it('[S36] finds what is open behind many closed tickets, and says where more is left than it looks through', async () => {
    const old = rowAt(second(0), { tags: ['vip'] })
    const closed = range(1, kept.most + 1).map((n) =>
      rowAt(second(n), { is_closed: true, state: 'closed', closed_at: second(n) }),
    )
    const found = await kept.with([old, ...closed])

    const open: Ticket['state'][] = ['assigned', 'open', 'on_hold']
    const ofOpen: Filter[] = [
      { is_closed: false },
      { is_closed: false, order: 'last_activity' },
      { is_closed: false, order: 'last_activity', product: 'billing', text: 'ann' },
      { states: open },
      { states: open, order: 'last_activity' },
      { states: ['assigned'], order: 'last_activity' },
      { is_closed: false, line_manager: 'mia' },
      { is_closed: false, line_manager: 'mia', tag: 'vip' },
      { is_closed: false, line_manager: 'mia', order: 'last_activity' },
      { states: open, line_manager: 'mia' },
      { states: ['assigned'], line_manager: 'mia' },
      { states: ['assigned'], line_manager: 'mia', order: 'longest_waiting' },
    ]
    for (const filter of ofOpen)
      expect(await found(filter), JSON.stringify(filter)).toEqual([[old._id], false])

    const ofAll: Filter[] = [
      { tag: 'vip' },
      { tag: 'vip', user_ids: ['ann', 'ben'] },
      { text: 'nobody' },
      { tag: 'vip', order: 'last_activity' },
      { day: '2026-01-01', tag: 'vip' },
      { line_manager: 'mia', tag: 'vip' },
      { line_manager: null, is_closed: true, order: 'last_activity' },
    ]
    for (const filter of ofAll) expect(await found(filter), JSON.stringify(filter)).toEqual([[], true])
    // Further on there is no more than it looks through.
    const before = closed.at(-3)?._id ?? ''
    for (const order of ['newest', 'last_activity'] as const)
      expect(await found({ tag: 'vip', order, before }), order).toEqual([[old._id], false])
  })

  it('[S36] lists the tickets of a day, whatever dates a clock that was wrong has given to others', async () => {
    const today = rowAt('2026-01-02T08:00:00.000Z')
    const later = rowAt('2026-01-02T23:59:59.999Z')
    const last = rowAt('2026-01-02T09:00:00.000Z')
    const before = rowAt('2026-01-01T23:59:59.999Z')
    const ahead = rowAt('2027-02-05T08:00:00.000Z')
    const behind = rowAt('2025-01-02T08:00:00.000Z')
    const next = rowAt('2026-01-03T00:00:00.000Z')
    const lists = await kept.with([before, today, ahead, later, behind, last, next])
    const names = new Map(Object.entries({ today, later, last }).map(([name, { _id }]) => [_id, name]))
    const found = async (filter: Filter) => {
      const [ids, more] = await lists({ day: '2026-01-02', ...filter })
      return [ids.map((id) => names.get(id)), more]
    }

    expect(await found({})).toEqual([['later', 'last', 'today'], false])
    expect(await found({ line_manager: 'mia', product: 'billing' })).toEqual([
      ['later', 'last', 'today'],
      false,
    ])
    expect(await found({ limit: 2 })).toEqual([['later', 'last'], true])
    expect(await found({ before: last._id })).toEqual([['today'], false])
    // A ticket of another day has a place before it, or behind it.
    expect(await found({ before: ahead._id })).toEqual([['later', 'last', 'today'], false])
    expect(await found({ before: behind._id })).toEqual([[], false])
    expect(await found({ user_ids: ['ann', 'ben'] })).toEqual([['last', 'later', 'today'], false])
    expect(await found({ order: 'last_activity' })).toEqual([['later', 'last', 'today'], false])
    expect(await found({ order: 'longest_waiting' })).toEqual([['today', 'last', 'later'], false])
  })
}

describe('embedded store', () => {
  testLists({
    most: mostLookedThrough,
    async with(rows) {
      const path = mkdtempSync(join(tmpdir(), 'dowellchat-'))
      onTestFinished(() => rmSync(path, { recursive: true, force: true }))
      await fill(embeddedPortable(path, { mustExist: false }), rows)
      const store = await embeddedStore({ path })
      onTestFinished(() => store.close())
      return async (filter) => {
        const { tickets, more } = await store.tickets.list('acme', { limit: 9, ...filter })
        return [ids(tickets), more]
      }
    },
  })
})

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  // What stands in for MongoDB is slow on a busy machine: it is given fewer tickets, and more time.
  const [most, deadlineMs] = [100, 30_000]

  testLists({
    most,
    async with(rows) {
      const options = { url: server.url, database: newDatabase(), deadlineMs }
      await fill(mongoPortable(options), rows)
      const connection = await connect(options)
      onTestFinished(() => connection.close())
      const tickets = ticketRows(databaseOver(connection, deadlineMs))
      const find = ticketFinder(tickets, numbersOf(tickets), most)
      return async (filter) => {
        const { rows: found, more } = await find('acme', { limit: 9, ...filter })
        return [ids(found), more]
      }
    },
  })
})
