import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../../tests/support/mongo.ts'
import { drafts, range, room } from '../../testing/store-cases/making.ts'
import type { Store } from '../store.ts'
import { connect } from './connection.ts'
import { storeOver } from './index.ts'
import { trustMs } from './logs.ts'

const deadlineMs = 30_000

describe.skipIf(noMongo)(`MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  /** A server's store, and the commands that it sends, each with its collection. */
  async function open(database: string): Promise<{ store: Store; commands: string[] }> {
    const commands: string[] = []
    const connection = await connect({ url: server.url, database, deadlineMs }, { monitorCommands: true })
    const store = await storeOver(connection)
    onTestFinished(() => store.close())
    connection.client.on('commandStarted', ({ commandName, command }) => {
      commands.push(`${commandName} ${command[commandName]}`)
    })
    return { store, commands }
  }

  it('asks once for the rows of many streams that are read at once', async () => {
    const database = newDatabase()
    const [east, west] = [await open(database), await open(database)]
    const keys = range(1, 20).map((n) => room(`r${n}`))
    for (const key of keys) await east.store.streams.append(key, drafts(2))
    west.commands.length = 0
    const heads = await Promise.all(keys.map((key) => west.store.streams.head(key)))
    expect(heads).toEqual(keys.map(() => 2))
    const streamReads = west.commands.filter((one) => one === 'find streams')
    expect(streamReads.length).toBeLessThanOrEqual(2)
  })

  it('reads a log once before it appends, also where another server appends to it', async () => {
    const database = newDatabase()
    const [east, west] = [await open(database), await open(database)]
    const key = room('r')
    const take = async () => {
      // Then the log has to be read before something is appended.
      await new Promise((resolve) => setTimeout(resolve, trustMs + 100))
      for (const { commands, store } of [east, west]) {
        commands.length = 0
        await store.streams.append(key, drafts(1))
      }
      return [east.commands, west.commands].map((all) =>
        all.filter((one) => /^find (streams|entries)$/.test(one)),
      )
    }
    // Both append at once, so that each knows of the other.
    for (const _ of range(1, 3))
      await Promise.all([east, west].map(({ store }) => store.streams.append(key, drafts(1))))
    for (const _ of range(1, 3))
      for (const commands of await take())
        expect(commands.toSorted()).toEqual(['find entries', 'find streams'])
  })
})
