import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { MongoProcess, mongoProblem } from './mongo-process.ts'

/** A MongoDB server for the tests of one file. */
export interface MongoServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Whether it is the server that stands in for mongod, whose query plans lack some of what mongod's have. */
  readonly isStandIn: boolean
  stop(): Promise<void>
}

/** A kind of server; `start` fails where the machine has none. */
export interface MongoKind {
  readonly kind: string
  readonly isReplicated: boolean
  start(): Promise<MongoServer>
}

const givenUrl = process.env.MONGODB_URI
const problem = givenUrl ? undefined : mongoProblem()

/** Why there is no MongoDB to test with; with CI=true the tests fail over it instead of being skipped. */
export const noMongo: string | undefined =
  problem === undefined || process.env.CI === 'true' ? undefined : `set MONGODB_URI, ${problem}`

/** The kinds of servers to test with: the one of MONGODB_URI, or both kinds that we can start. */
export const mongoKinds: readonly MongoKind[] = givenUrl
  ? [given(givenUrl)]
  : [
      { kind: 'a replica set', isReplicated: true, start: () => start(true) },
      { kind: 'a server alone', isReplicated: false, start: () => start(false) },
    ]

function given(url: string): MongoKind {
  const isReplicated = url.includes('replicaSet=')
  const { hostname, port } = new URL(url)
  const server = { url, host: hostname, port: Number(port || 27_017), isStandIn: false, stop: async () => {} }
  return { kind: 'the server of MONGODB_URI', isReplicated, start: async () => server }
}

async function start(isReplicated: boolean): Promise<MongoServer> {
  return asServer(await MongoProcess.start({ isReplicated }))
}

function asServer(mongo: MongoProcess): MongoServer {
  const { url, host, port, isStandIn } = mongo
  return { url, host, port, isStandIn, stop: () => mongo.remove() }
}

/** A server alone that admits only this user; not the one of MONGODB_URI, whose users are not ours to make. */
export async function startMongoWithLogin(user: string, pwd: string): Promise<MongoServer> {
  const mongo = await MongoProcess.start({ isReplicated: false })
  const client = new MongoClient(mongo.url)
  await client.db('admin').command({ createUser: user, pwd, roles: ['root'] })
  await client.close()
  await mongo.kill('SIGTERM')
  await mongo.restart('--auth')
  return asServer(mongo)
}

/** A name that no other test uses. */
export function newDatabase(): string {
  return `test-${randomUUID()}`
}

/** The URL of a database that no other test uses. */
export function newDatabaseUrl(server: MongoServer): string {
  const url = new URL(server.url)
  url.pathname = `/${newDatabase()}`
  return url.href
}
