import { type LineManager, Ticket } from '@dowellchat/protocol'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { oldRows } from '../../../tests/support/old-rows.ts'
import { newLineManager, newTicket, newTopic, rowOf } from '../../testing/store-cases/making.ts'
import { mongoStore } from './index.ts'

type OldTicket = (typeof oldRows.tickets)[number]

describe.skipIf(noMongo)(
  `tickets of servers from before 0.9${noMongo ? `, without MongoDB: ${noMongo}` : ''}`,
  () => {
    const mongo = {} as { server: MongoServer; client: MongoClient }
    beforeAll(async () => {
      mongo.server = (await mongoKinds[0]?.start()) as MongoServer
      mongo.client = await new MongoClient(mongo.server.url).connect()
    })
    afterAll(async () => {
      await mongo.client.close()
      await mongo.server.stop()
    })

    /** A database of today's form, on which an older server makes three tickets: one waits, one is Mia's and one was closed. */
    async function withOldTickets() {
      const database = newDatabase()
      const store = await mongoStore({ url: mongo.server.url, database, deadlineMs: 30_000 })
      onTestFinished(() => store.close())
      await store.topics.create(newTopic('billing'))
      rowOf<LineManager>(await store.lineManagers.create(newLineManager('mia', { capacity: 2 })))
      const [held, closed] = oldRows.tickets as [OldTicket, OldTicket]
      const waiting = { ...held, _id: 'ticket-3', cid: 'cid 3', line_manager: null, slot: null }
      const tickets = mongo.client.db(database).collection<{ _id: string }>('tickets')
      const made = [held, closed, waiting].map((row, at) => ({ ...row, workspace_id: 'acme', n: at + 1 }))
      await tickets.insertMany(made)
      return { store, tickets }
    }

    it('[S37] are read with their states and times from the first moment', async () => {
      const { store } = await withOldTickets()
      const { tickets } = await store.tickets.list('acme', { limit: 9 })
      const { created_at } = oldRows.tickets[0] as OldTicket
      expect(tickets).toMatchObject([
        { _id: 'ticket-3', state: 'waiting', enqueued_at: created_at, assigned_at: null },
        { _id: 'ticket-2', state: 'closed', enqueued_at: created_at },
        { _id: 'ticket-1', state: 'assigned', enqueued_at: created_at, assigned_at: created_at },
      ])
      for (const ticket of tickets) expect(Ticket.parse(ticket)).toEqual(ticket)
      expect(await store.tickets.get('acme', 'ticket-3')).toEqual(tickets[0])
    })

    it('[S37] come into the line, and into lists by state and activity, when tickets are given next', async () => {
      const { store, tickets } = await withOldTickets()
      const { tickets: given } = await store.tickets.assignWaiting('acme')
      expect(given).toMatchObject([{ _id: 'ticket-3', line_manager: 'mia', state: 'assigned' }])
      const idsOf = async (filter: object) =>
        (await store.tickets.list('acme', { limit: 9, ...filter })).tickets.map(({ _id }) => _id)
      expect(await idsOf({ states: ['assigned'] })).toEqual(['ticket-3', 'ticket-1'])
      expect(await idsOf({ states: ['closed'] })).toEqual(['ticket-2'])
      await store.tickets.touch('acme', [{ ticket_id: 'ticket-1', at: '2027-01-01T00:00:00.000Z' }])
      expect((await idsOf({ order: 'last_activity' }))[0]).toBe('ticket-1')
      const row = await tickets.findOne({ _id: 'ticket-1' })
      expect(row).toMatchObject({ state: 'assigned', priority: 'normal', moves: 0 })
      // Another one of today's goes behind.
      expect(rowOf(await store.tickets.create(newTicket()))).toMatchObject({
        state: 'waiting',
        line_manager: null,
      })
    })

    it('[S37] keep what was done to them before that', async () => {
      const { store } = await withOldTickets()
      await store.tickets.close('acme', 'ticket-1', 'mia')
      await store.tickets.update('acme', 'ticket-3', { priority: 'high' })
      await store.tickets.assignWaiting('acme')
      expect(await store.tickets.get('acme', 'ticket-1')).toMatchObject({ state: 'closed', is_closed: true })
      const moved = await store.tickets.get('acme', 'ticket-3')
      expect(moved).toMatchObject({ state: 'assigned', line_manager: 'mia', priority: 'high' })
      const { tickets } = await store.tickets.list('acme', {
        states: ['closed'],
        order: 'last_activity',
        limit: 9,
      })
      expect(tickets.map(({ _id }) => _id).toSorted()).toEqual(['ticket-1', 'ticket-2'])
    })
  },
)
