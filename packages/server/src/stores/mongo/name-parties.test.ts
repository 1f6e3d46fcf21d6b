import { type Db, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { annPhone, benPhone, newCall, rowOf, zoePhone } from '../../testing/store-cases/making.ts'
import { withStore } from '../../testing/store-cases/store-case.ts'
import { newCallRow } from '../call.ts'
import type { Call } from '../store.ts'
import { type CallDocument, toDocument } from './calls.ts'
import { mongoStore } from './index.ts'
import { nameParties } from './name-parties.ts'

/** A call as a server of the version before has written it. */
function oldCall(_id: string, change: Partial<Call> = {}): object {
  const caller = change.caller ?? annPhone
  const row = { ...newCallRow(newCall({ caller, callee_devices: [benPhone] })), ...change, _id }
  const { claims, parties, missed_by, callees, away, has_connected, media, ...old } = toDocument('acme', row)
  return old
}

const ended = { state: 'ended', ended_at: '2026-01-02T00:00:00.000Z' } as const

describe.skipIf(noMongo)(`naming parties${noMongo ? `, without MongoDB: ${noMongo}` : ''}`, () => {
  const mongo = {} as { server: MongoServer; client: MongoClient }
  beforeAll(async () => {
    mongo.server = (await mongoKinds[0]?.start()) as MongoServer
    mongo.client = await new MongoClient(mongo.server.url).connect()
  })
  afterAll(async () => {
    await mongo.client.close()
    await mongo.server.stop()
  })

  const open = (database: string) => () => mongoStore({ url: mongo.server.url, database, deadlineMs: 30_000 })

  async function named(db: Db): Promise<unknown[]> {
    const found = await db.collection<CallDocument>('calls').find().sort({ _id: 1 }).toArray()
    return found.map(({ _id, parties, missed_by, claims }) => [_id, parties, missed_by, claims])
  }

  it('finds older calls in histories, and lets them claim what no other has', async () => {
    const db = mongo.client.db(newDatabase())
    await db
      .collection<object>('calls')
      .insertMany([
        oldCall('1', { ...ended, reason: 'cancelled' }),
        oldCall('2', { ...ended, reason: 'declined' }),
        oldCall('3', { state: 'active', answered_by: benPhone }),
        oldCall('4', { state: 'active', answered_by: benPhone }),
        oldCall('5', { caller: zoePhone }),
      ])
    const both = ['ann', 'ben']
    const expected = [
      ['1', both, ['ben'], []],
      ['2', both, [], []],
      ['3', both, [], ['talks\nann', 'talks\nben']],
      ['4', both, [], []],
      ['5', ['zoe', 'ben'], [], ['rings\nben\nzoe']],
    ]
    await Promise.all([nameParties(db), nameParties(db)])
    expect(await named(db)).toEqual(expected)
    await nameParties(db)
    expect(await named(db)).toEqual(expected)
  })

  it('is not held up by claims of calls that older servers have ended', async () => {
    const database = newDatabase()
    const calls = mongo.client.db(database).collection('calls')
    await withStore(open(database), async (store) => {
      const first = rowOf(await store.calls.create(newCall()))
      const older = { state: 'ended', is_open: false, devices: [], users: [] }
      await calls.updateOne({ _id: first._id as never }, { $set: older, $inc: { revision: 1 } })
      const next = rowOf(await store.calls.create(newCall()))
      expect(next._id).not.toBe(first._id)
    })
  })
})
