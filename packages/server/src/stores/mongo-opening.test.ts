import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type MongoServer,
  mongoKinds,
  newDatabase,
  noMongo,
  startMongoWithLogin,
} from '../../tests/support/mongo.ts'
import { startOldMongo } from '../../tests/support/old-mongo.ts'
import { startProxy } from '../../tests/support/tcp-proxy.ts'
import { connect } from './mongo/connection.ts'
import { mongoStore } from './mongo/index.ts'
import { migrations } from './mongo/migrations.ts'
import { StoreOpenError } from './store.ts'

const password = 'canary-7b1d9e'
/** For those that answer: what stands in for MongoDB is slow. */
const deadlineMs = 30_000

/** What is said of a MongoDB that cannot be used. */
async function refusal(url: string, database = newDatabase(), deadlineMs = 2_000): Promise<string> {
  const refused = await mongoStore({ url, database, deadlineMs }).then(
    async (store) => {
      await store.close()
      throw new Error('It was opened')
    },
    (error: unknown) => error,
  )
  expect(refused).toBeInstanceOf(StoreOpenError)
  const { message, cause } = refused as StoreOpenError
  expect(`${message} ${String(cause)}`).not.toContain(password)
  return message
}

describe('opening MongoDB', () => {
  it('says that nobody answers at a port', async () => {
    const { port } = await startProxy({ host: '127.0.0.1', port: 1 })
    expect(await refusal(`mongodb://user:${password}@127.0.0.1:${port}/?directConnection=true`)).toMatch(
      new RegExp(
        `^MongoDB at 127\\.0\\.0\\.1:${port} does not answer \\(.*\\): start it, or correct the URL$`,
      ),
    )
  })

  it('says that there is no such host', async () => {
    expect(await refusal(`mongodb://user:${password}@no-such-host.invalid`)).toMatch(
      /^MongoDB at no-such-host\.invalid:27017 does not answer \(.*\): start it, or correct the URL$/,
    )
  })

  it('says which versions there may be', async () => {
    const port = await startOldMongo()
    expect(
      await refusal(`mongodb://127.0.0.1:${port}/?directConnection=true`, undefined, deadlineMs),
    ).toMatch(/has the wrong version \(.*at least .*MongoDB 4\.4.*\): run MongoDB 4\.4 or newer$/)
  })

  it.each([
    'localhost:27017',
    'http://localhost',
    'mongodb://',
    `mongodb://user:${password}:${password}@localhost`,
    `mongodb://user:${password}@localhost:port`,
    `mongodb://user:${password}@localhost/?w=many&nothing=true`,
    `mongodb://user:${password}@localhost/?tls=maybe`,
    `mongodb://user:${password}/more@localhost`,
  ])('says that %s is no URL', async (url) => {
    expect(await refusal(url)).toMatch(
      /^The URL of MongoDB is not understood .*: expected mongodb:\/\/<user>/,
    )
  })
})

describe.skipIf(noMongo)(
  `opening a MongoDB that is there${noMongo ? `, which is not here: ${noMongo}` : ''}`,
  () => {
    let server: MongoServer
    beforeAll(async () => {
      const [first] = mongoKinds
      if (!first) throw new Error('Expected a kind of server')
      server = await first.start()
    })
    afterAll(() => server.stop())

    it('says that one that takes connections does not answer', async () => {
      const proxy = await startProxy(server)
      proxy.set('hangs')
      expect(await refusal(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`)).toMatch(
        /does not answer \(.*\): start it, or correct the URL$/,
      )
    })

    it('refuses data that a newer version has written, and leaves it as it is', async () => {
      const database = newDatabase()
      await (await mongoStore({ url: server.url, database, deadlineMs })).close()
      const { client, prepare } = await connect({ url: server.url, database, deadlineMs })
      onTestFinished(() => client.close())
      const meta = client.db(database).collection<{ _id: string; version: number }>('meta')
      await meta.updateOne({ _id: 'store' }, { $set: { version: 1_000 } })
      expect(await refusal(server.url, database, deadlineMs)).toMatch(
        `newer version (1000, this one knows ${migrations.length}); run that version`,
      )
      expect(await meta.findOne({ _id: 'store' })).toMatchObject({ version: 1_000 })
      await prepare(async () => {})
    })

    it('refuses a name that no database can have', async () => {
      expect(await refusal(server.url, 'a.b', deadlineMs)).toMatch(
        /cannot be asked for that \(.*\): correct the URL$/,
      )
    })

    it('uses the database that the URL names', async () => {
      const name = newDatabase()
      const url = new URL(server.url)
      url.pathname = `/${name}`
      const { client, db, prepare } = await connect({ url: url.href, deadlineMs })
      onTestFinished(() => client.close())
      expect(db.databaseName).toBe(name)
      await prepare(async () => {})
    })
  },
)

describe.skipIf(noMongo || process.env.MONGODB_URI)('opening a MongoDB with users', () => {
  let server: MongoServer
  beforeAll(async () => {
    server = await startMongoWithLogin('ann', password)
  })
  afterAll(() => server.stop())

  it('opens with the right login', async () => {
    const url = `mongodb://ann:${password}@127.0.0.1:${server.port}/?directConnection=true`
    const store = await mongoStore({ url, database: newDatabase(), deadlineMs })
    expect(await store.topics.list('acme')).toEqual([])
    await store.close()
  })

  it('says that a login is refused', async () => {
    const at = `127.0.0.1:${server.port}/?directConnection=true`
    const wrong = await refusal(`mongodb://ann:not-${password}@${at}`, undefined, deadlineMs)
    expect(wrong).toMatch(/refuses the login of ann: check user, password and authSource in the URL$/)
    expect(await refusal(`mongodb://${at}`, undefined, deadlineMs)).toMatch(/refuses whoever has no login/)
  })
})
