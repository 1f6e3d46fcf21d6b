import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { oldRows } from '../../../tests/support/old-rows.ts'
import { expectedOld, expectedPortable, portableRows, readOld } from '../../../tests/support/read-old.ts'
import { newCannedAnswer } from '../../testing/store-cases/canned-answers.ts'
import {
  draft,
  newCall,
  newLineManager,
  newReport,
  newTicket,
  newTopic,
  room,
} from '../../testing/store-cases/making.ts'
import { newRoom } from '../../testing/store-cases/rooms.ts'
import { newShareLink } from '../../testing/store-cases/share-links.ts'
import { withStore } from '../../testing/store-cases/store-case.ts'
import { seen } from '../../testing/store-cases/users.ts'
import { type AnyFields, namesOf } from '../fields/field.ts'
import { aliasRows } from './aliases.ts'
import { blockRows } from './blocks.ts'
import { callRows } from './calls.ts'
import { cannedAnswerRows } from './canned-answers.ts'
import type { Database } from './database.ts'
import { mongoStore } from './index.ts'
import { lineManagerRows } from './line-manager-rows.ts'
import { logRows } from './logs.ts'
import { type Migration, migrate, migrations } from './migrations.ts'
import { paceRows } from './paces.ts'
import { mongoPortable } from './portable/index.ts'
import { reportRows } from './reports.ts'
import { roomRows } from './rooms.ts'
import { metaSettingRows, shareLinkRows } from './share-links.ts'
import { ticketRows } from './ticket-rows.ts'
import { topicRows } from './topics.ts'
import { userRows } from './users.ts'

const deadlineMs = 30_000

/** What `giveStates` makes of the other fields of a ticket. */
const givenByStep = ['state', 'enqueued_at', 'assigned_at', 'active_at', 'line_order']

/** The field tables of all collections, as the domains declare them. */
function declaredFields(): Record<string, AnyFields> {
  const declared: Record<string, AnyFields> = {}
  const database = {
    rows(name: string, { fields }: { fields: AnyFields }) {
      declared[name] = fields
    },
  } as unknown as Database
  const declarations = [
    topicRows,
    lineManagerRows,
    ticketRows,
    roomRows,
    callRows,
    userRows,
    aliasRows,
    paceRows,
    reportRows,
    cannedAnswerRows,
    shareLinkRows,
    metaSettingRows,
    blockRows,
    logRows,
  ]
  for (const declare of declarations) declare(database)
  return declared
}

/** Writes what version 0.1.0 left behind. */
async function writeOld(db: Db): Promise<void> {
  const { workspace, topic, lineManager, tickets, call, stream, entry } = oldRows
  const workspace_id = 'acme'
  const { epoch, ...named } = stream
  const documents: Record<string, object[]> = {
    meta: [{ _id: 'store', version: 1 }],
    workspaces: [{ _id: 'register', content: { workspaces: [workspace] } }],
    topics: [{ ...topic, workspace_id, n: 1 }],
    line_managers: [{ ...lineManager, workspace_id, n: 1 }],
    tickets: tickets.map((ticket, at) => ({ ...ticket, workspace_id, n: at + 1 })),
    calls: [
      {
        ...call,
        workspace_id,
        revision: 0,
        is_open: true,
        devices: ['ann\nann-phone', 'ben\nben-phone'],
      },
    ],
    streams: [{ _id: epoch, workspace_id, ...named, head_seq: 3, head_nth: 3, head_id: 'entry-3' }],
    entries: [{ ...entry, workspace_id, created_at: '2026-01-02T03:04:05.678Z' }],
  }
  for (const [name, some] of Object.entries(documents)) await db.collection(name).insertMany(some)
}

/** A MongoDB server and a client of it, for the tests of one block. */
function useMongo(): { server: MongoServer; client: MongoClient } {
  const mongo = {} as { server: MongoServer; client: MongoClient }
  beforeAll(async () => {
    mongo.server = (await mongoKinds[0]?.start()) as MongoServer
    mongo.client = await new MongoClient(mongo.server.url).connect()
  })
  afterAll(async () => {
    await mongo.client.close()
    await mongo.server.stop()
  })
  return mongo
}

/** Plain messages are written without them. */
const sparseFields: readonly string[] = ['about', 'aspect', 'original', 'pinned_seq', 'mentioned']

describe.skipIf(noMongo)(
  `the documents of MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    const mongo = useMongo()

    const open = (database: string) => () => mongoStore({ url: mongo.server.url, database, deadlineMs })

    async function movedRows(database: string): Promise<Record<string, unknown[]>> {
      const portable = await mongoPortable({ url: mongo.server.url, database })
      try {
        return await portableRows(portable)
      } finally {
        await portable.close()
      }
    }

    it('have every field of their field table, and no other', async () => {
      const database = newDatabase()
      await withStore(open(database), async (store) => {
        await store.topics.create(newTopic('billing'))
        await store.lineManagers.create(newLineManager('mia'))
        await store.tickets.create(newTicket())
        await store.calls.create(newCall())
        await store.users.see('acme', [seen('ann')])
        await store.aliases.create('acme', 'guest:1', 'ann')
        await store.blocks.create('acme', 'ann', 'eve')
        await store.rooms.create(newRoom())
        await store.rooms.pace('acme', { room: '~id', user_id: 'ann', cid: 'cid', every_ms: 1_000 })
        await store.reports.create(newReport())
        await store.cannedAnswers.create(newCannedAnswer())
        await store.shareLinks.create(newShareLink())
        await store.shareLinks.setMeta('acme', { waiting_time: '', operation_time: '' })
        await store.streams.append(room('r'), [draft()])
      })
      for (const [name, fields] of Object.entries(declaredFields())) {
        const document = await mongo.client.db(database).collection(name).findOne({})
        const hint = `fields/ and what is stored differ in a field of ${name}`
        const left = name === 'entries' ? sparseFields : []
        const names = namesOf(fields).filter((field) => !left.includes(field))
        expect(Object.keys(document ?? {}).toSorted(), hint).toEqual(names.toSorted())
      }
    })

    it('of version 0.1.0 read as they were, and get the steps that they lack', async () => {
      const database = newDatabase()
      await writeOld(mongo.client.db(database))
      expect(await movedRows(database)).toEqual(expectedPortable())
      const hint =
        'if a filter uses a field that old documents lack, a step of migrations.ts has to fill it in'
      expect(await withStore(open(database), readOld), hint).toEqual(expectedOld())
      const meta = mongo.client.db(database).collection<{ _id: string; version: number }>('meta')
      expect(await meta.find().toArray()).toEqual([{ _id: 'store', version: migrations.length }])
    })

    it('read as the default what they lack, whichever method reads them', async () => {
      const [database, whole] = [newDatabase(), newDatabase()]
      for (const name of [database, whole]) {
        const db = mongo.client.db(name)
        await writeOld(db)
        // By its default nothing was removed of a stream, whose first entry is then the 1st.
        await db.collection('entries').updateOne({}, { $set: { seq: 1, nth: 1 } })
        await db.collection('streams').updateOne({}, { $set: { head_seq: 1, head_nth: 1 } })
      }
      for (const [name, fields] of Object.entries(declaredFields())) {
        const optional = Object.entries(fields).flatMap(([field, { missing }]) =>
          missing === undefined || (name === 'tickets' && givenByStep.includes(field))
            ? []
            : [[field, missing] as const],
        )
        if (optional.length === 0) continue
        const unset = Object.fromEntries(optional.map(([field]) => [field, '']))
        await mongo.client.db(database).collection(name).updateMany({}, { $unset: unset })
        const defaults = Object.fromEntries(optional)
        await mongo.client.db(whole).collection(name).updateMany({}, { $set: defaults })
      }
      expect(await movedRows(database)).toEqual(await movedRows(whole))
      const read = await withStore(open(database), readOld)
      expect(read).toEqual(await withStore(open(whole), readOld))
      expect(read).toMatchObject({
        ticket: { display_name: null, line_manager: null, closed_at: null },
        closed: { ticket: { display_name: null }, closing: { by: 'somebody', count: 1 } },
        managers: [{ capacity: null }],
      })
    })
  },
)

describe.skipIf(noMongo)(
  `the migrations of MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    const mongo = useMongo()

    /** Two steps after that of 0.1.0, which note how often they run; the first changes two collections. */
    function countingSteps() {
      const ran = { urgent: 0, coloured: 0, dies: false }
      const steps: Migration[] = [
        async () => {},
        async (db) => {
          ran.urgent += 1
          const lacking = { is_urgent: { $exists: false } }
          await db.collection('tickets').updateMany(lacking, { $set: { is_urgent: false } })
          if (ran.dies) throw new Error('killed')
          await db.collection('topics').updateMany(lacking, { $set: { is_urgent: false } })
        },
        async (db) => {
          ran.coloured += 1
          await db
            .collection('topics')
            .updateMany({ colour: { $exists: false } }, { $set: { colour: 'red' } })
        },
      ]
      return { ran, steps }
    }

    async function stateOf(db: Db): Promise<unknown[]> {
      const meta = await db.collection<{ _id: string; version: number }>('meta').findOne({ _id: 'store' })
      const ticket = await db.collection('tickets').findOne({})
      const topic = await db.collection('topics').findOne({})
      return [meta?.version, ticket?.is_urgent, topic?.is_urgent, topic?.colour]
    }

    it('run once each, in their order, and resume after a kill between two parts of one', async () => {
      const db = mongo.client.db(newDatabase())
      await writeOld(db)
      const { ran, steps } = countingSteps()
      ran.dies = true
      await expect(migrate(db, steps)).rejects.toThrow('killed')
      expect(await stateOf(db)).toEqual([1, false, undefined, undefined])
      ran.dies = false
      await migrate(db, steps)
      expect(await stateOf(db)).toEqual([3, false, false, 'red'])
      await migrate(db, steps)
      expect(ran).toMatchObject({ urgent: 2, coloured: 1 })
    })

    it('end in the same form where several servers start at once', async () => {
      for (const isNew of [true, false]) {
        const db = mongo.client.db(newDatabase())
        if (!isNew) await writeOld(db)
        const { steps } = countingSteps()
        await Promise.all([1, 2, 3].map(() => migrate(db, steps)))
        expect(await stateOf(db)).toEqual(isNew ? [3, ...Array(3).fill(undefined)] : [3, false, false, 'red'])
      }
    })

    it('refuse a database that a newer version has written', async () => {
      const db = mongo.client.db(newDatabase())
      await writeOld(db)
      const known = migrations.length
      await migrate(db, [...migrations, async () => {}])
      const problem = `newer version (${known + 1}, this one knows ${known}); run that version`
      await expect(migrate(db)).rejects.toThrow(problem)
      const [version] = await stateOf(db)
      expect(version).toBe(known + 1)
    })
  },
)
