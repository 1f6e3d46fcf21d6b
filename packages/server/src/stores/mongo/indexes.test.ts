import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { DamagedRows } from '../health.ts'
import { connect } from './connection.ts'
import { databaseOver } from './database.ts'
import { domainsOver } from './index.ts'

const deadlineMs = 30_000

describe.skipIf(noMongo)(`MongoDB's indexes${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it('are made once, and later servers only look at them, a few at a time', {
    timeout: 120_000,
  }, async () => {
    const connection = await connect(
      { url: server.url, database: newDatabase(), deadlineMs },
      { monitorCommands: true },
    )
    onTestFinished(() => connection.close())
    await connection.prepare(async () => {})
    const database = databaseOver(connection, deadlineMs)
    domainsOver(database, new DamagedRows())
    const sent: string[] = []
    const underWay = new Set<number>()
    let most = 0
    connection.client.on('commandStarted', ({ commandName, command, requestId }) => {
      sent.push(`${commandName} ${command[commandName]}`)
      most = Math.max(most, underWay.add(requestId).size)
    })
    connection.client.on('commandSucceeded', ({ requestId }) => underWay.delete(requestId))
    const start = async () => {
      await database.createIndexes(connection.db)
      return sent.splice(0)
    }

    const first = await start()
    expect(first.slice(1).every((one) => one.startsWith('createIndexes '))).toBe(true)
    const looks = first.map((one) => one.replace('createIndexes', 'listIndexes'))
    expect((await start()).toSorted()).toEqual(looks.toSorted())
    expect(most).toBeLessThanOrEqual(8)

    const readers = connection.db.collection('readers')
    await readers.dropIndex('active')
    sent.length = 0
    expect((await start()).filter((one) => one.startsWith('create'))).toEqual(['createIndexes readers'])
    expect((await readers.indexes()).map(({ name }) => name)).toContain('active')
  })
})
