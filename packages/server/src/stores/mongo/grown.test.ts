import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { type Watched, watch } from '../../../tests/support/watched-commands.ts'
import { drafts, range, room } from '../../testing/store-cases/making.ts'
import { connect } from './connection.ts'
import { databaseOver } from './database.ts'
import { mongoGrown } from './grown.ts'
import { mongoLogs } from './logs.ts'
import { mongoStreams } from './streams.ts'
import { takingTurns } from './turns.ts'

const deadlineMs = 30_000

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it.each([true, false])('[S48] asks for the same, together: %s', async (together) => {
    const watched: Watched[] = []
    const connection = await connect(
      { url: server.url, database: newDatabase(), deadlineMs },
      { monitorCommands: true },
    )
    const database = databaseOver(connection, deadlineMs)
    const { store } = mongoStreams(database, () => {})
    await connection.prepare((db) => database.createIndexes(db))
    for (const n of range(1, 6)) await store.append(room(`r${n}`), drafts(2))
    const logs = mongoLogs(databaseOver(connection, deadlineMs), takingTurns())
    // Whatever this server's plans say.
    const grown = mongoGrown({ entries: { ...logs.entries, usesIndexes: async () => together } })
    watch(connection, watched)

    const found = await grown(range(1, 6).map((n) => ({ ...room(`r${n}`), seq: n % 3 })))

    expect(found.map(({ stream }) => stream).toSorted()).toEqual(['room:r1', 'room:r3', 'room:r4', 'room:r6'])
    expect(watched.map(({ filter }) => filter)).toHaveLength(6)
    expect(watched.map(({ filter }) => Object.keys(filter).join())).toEqual(
      range(1, 6).map(() => 'workspace_id,stream,seq'),
    )
    await connection.client.close()
  })
})
