import { type Db, type Document, MongoClient } from 'mongodb'
import { openError } from '../../stores/mongo/open-error.ts'
import { StoreOpenError } from '../../stores/store.ts'
import { newName, type Place } from './place.ts'

const findingMs = 5_000
const majorityMs = 5_000
const pings = 20

/** A database with a name that nobody has. @throws StoreOpenError where there is no MongoDB that can be used */
export async function mongoPlace(url: string): Promise<Place> {
  const name = newName()
  const client = await connect(url, name)
  const db = client.db(name)
  return {
    name: `the database ${name}`,
    isShared: true,
    facts: () => factsOf(db),
    checks: [{ title: 'a write reaches a majority and its journals', run: () => writeDurably(db) }],
    async empty() {
      // Made once: on a sharded cluster a database that is dropped and made again may be mistaken for the old one.
      for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
        await db.collection(name).deleteMany({}, { writeConcern: { w: 'majority' } })
      return { kind: 'mongo', url, database: name }
    },
    async remove() {
      await db.dropDatabase({ writeConcern: { w: 'majority', wtimeoutMS: majorityMs } })
      await client.close()
    },
  }
}

async function connect(url: string, name: string): Promise<MongoClient> {
  const options = { appName: 'dowellchat-verify', serverSelectionTimeoutMS: findingMs }
  let client: MongoClient | undefined
  try {
    client = new MongoClient(url, options)
    await client.connect()
    await expectNone(client.db(name))
    return client
  } catch (error) {
    void client?.close().catch(() => undefined)
    throw openError(error, client)
  }
}

async function expectNone(db: Db): Promise<void> {
  const found = await db.listCollections({}, { nameOnly: true }).toArray()
  if (found.length > 0)
    throw new StoreOpenError(`The database ${db.databaseName} is there already: run it again`)
}

async function writeDurably(db: Db): Promise<void> {
  const writeConcern = { w: 'majority', journal: true, wtimeoutMS: majorityMs } as const
  await db.collection('probe').insertOne({}, { writeConcern, maxTimeMS: majorityMs })
  await db.collection('probe').drop()
}

async function factsOf(db: Db): Promise<string[]> {
  const hello = await db.command({ hello: 1 })
  const { version } = await db.command({ buildInfo: 1 })
  return [
    `Store: MongoDB ${version}, ${topologyOf(hello)}`,
    `Round trip: ${(await roundTripMs(db)).toFixed(1)} ms (the middle of ${pings})`,
    ...adviceOn(hello, db),
  ]
}

function topologyOf({ msg, setName, hosts = [], arbiters = [] }: Document): string {
  if (msg === 'isdbgrid') return 'a sharded cluster'
  if (typeof setName !== 'string') return 'a server alone'
  const more = arbiters.length > 0 ? ` and ${arbiters.length} without data` : ''
  return `a replica set (${setName}) with ${hosts.length} member${hosts.length === 1 ? '' : 's'}${more}`
}

function adviceOn({ msg, setName, hosts = [] }: Document, db: Db): string[] {
  const advice: string[] = []
  if (msg !== 'isdbgrid' && (typeof setName !== 'string' || hosts.length < 3))
    advice.push(
      'Advice: use a replica set of three members; with fewer, the loss of one stops writes or loses data',
    )
  if (db.client.options.directConnection)
    advice.push(
      'Advice: leave directConnection out of the URL; with it no other primary is found after an election',
    )
  if (db.client.options.retryWrites === false)
    advice.push('Advice: leave retryWrites=false out of the URL; with it each election fails more requests')
  return advice
}

async function roundTripMs(db: Db): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < pings; n++) {
    const start = performance.now()
    await db.command({ ping: 1 })
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)[pings >> 1] ?? 0
}
