import { type Db, type DbOptions, MongoClient, type MongoClientOptions, ReadConcern } from 'mongodb'
import { StoreOpenError } from '../store.ts'
import { databaseNameIn } from './database-name.ts'
import { endIn, partOf } from './deadlines.ts'
import { openError } from './open-error.ts'

/** Where the data is, and how long it may take. */
export interface MongoStoreOptions {
  /** `mongodb://…` or `mongodb+srv://…`. */
  readonly url: string
  /** Default: the database that the URL names, else `dowellchat`. */
  readonly database?: string
  /** After how many milliseconds a call that has no answer rejects with `StoreUnavailableError`. Default 2,000. */
  readonly deadlineMs?: number
  /** Refuses a database that no server has used yet, instead of filling it. */
  readonly mustExist?: boolean
  /** Refuses a database of an older version, instead of bringing it up to date. */
  readonly asItIs?: boolean
}

/** A database that was found to be usable. */
export interface Connection {
  /** The client in use, and its database: `renew` replaces both. */
  readonly client: MongoClient
  readonly db: Db
  readonly deadlineMs: number
  /** What the server's clock said when it was found, in milliseconds since 1970. */
  readonly foundAt: number | undefined
  /** Opens another client, which takes the place of the one in use. Rejects, and changes nothing, where it finds no server. */
  renew(): Promise<void>
  close(): Promise<void>
  /** Does once, without deadlines, what may take long. */
  prepare(work: (db: Db) => Promise<void>): Promise<void>
}

const defaultDeadlineMs = 2_000
/** How long a server may take to be found, and the whole opening. */
const findingMs = 5_000
const openingMs = 8_000

/** Connects to MongoDB. @throws StoreOpenError where there is none that can be used */
export async function connect(
  options: MongoStoreOptions,
  more: MongoClientOptions = {},
): Promise<Connection> {
  const opener = clientOf(options.url, { serverSelectionTimeoutMS: findingMs, connectTimeoutMS: findingMs })
  try {
    return await endIn(openingMs, open(opener, options, more), (ms) => new Error(`no answer within ${ms} ms`))
  } catch (error) {
    abandon(opener)
    throw openError(error, opener)
  }
}

async function open(
  opener: MongoClient,
  { url, database, deadlineMs = defaultDeadlineMs, mustExist = false }: MongoStoreOptions,
  more: MongoClientOptions,
): Promise<Connection> {
  await opener.connect()
  const name = database ?? databaseNameIn(url)
  const partMs = partOf(deadlineMs)
  if (mustExist) await expectUsed(opener.db(name))
  const { isReplicated, foundAt } = await lookAt(opener, name)
  const concerns = durable(isReplicated, partMs)
  const limits = { ...clientLimits(deadlineMs, partMs), ...more }
  let client = await clientOf(url, limits).connect()
  let db = client.db(name, concerns)
  let isClosed = false
  return {
    get client() {
      return client
    },
    get db() {
      return db
    },
    deadlineMs,
    foundAt,

    async renew() {
      const next = clientOf(url, limits)
      try {
        await next.connect()
      } catch (error) {
        abandon(next)
        throw error
      }
      abandon(isClosed ? next : client)
      if (isClosed) return
      client = next
      db = client.db(name, concerns)
    },

    async close() {
      isClosed = true
      await client.close()
    },

    async prepare(work) {
      try {
        await work(opener.db(name))
      } catch (error) {
        abandon(client)
        throw openError(error, opener)
      } finally {
        abandon(opener)
      }
    },
  }
}

/** A server notes the form of its database before anything else. */
async function expectUsed(db: Db): Promise<void> {
  if (await db.collection('meta').findOne({})) return
  throw new StoreOpenError(
    `no server has used the database ${db.databaseName}: is its name in the URL right?`,
  )
}

/** Closes a client that nobody waits for. */
function abandon(client: MongoClient): void {
  void client.close().catch(() => undefined)
}

function clientOf(url: string, options: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(url, { appName: 'dowellchat', ...options })
  } catch (error) {
    throw openError(error)
  }
}

/** No command, connection or wait outlasts the call that it belongs to. */
function clientLimits(deadlineMs: number, partMs: number): MongoClientOptions {
  return {
    serverSelectionTimeoutMS: partMs,
    waitQueueTimeoutMS: partMs,
    connectTimeoutMS: partMs,
    socketTimeoutMS: deadlineMs,
  }
}

/** Acknowledged means durable, and read is only what is: by a majority of the replica set, or on the one server there is. */
function durable(isReplicated: boolean, wtimeoutMS: number): DbOptions {
  const readPreference = 'primary'
  if (!isReplicated) return { readPreference, writeConcern: { w: 1, journal: true } }
  const writeConcern = { w: 'majority', journal: true, wtimeoutMS } as const
  return { readPreference, writeConcern, readConcern: new ReadConcern('majority') }
}

/**
 * Whether the server is one of several, or stands before them, and what its clock says; asks it for something that needs the
 * right to read.
 */
async function lookAt(
  opener: MongoClient,
  name: string,
): Promise<Pick<Connection, 'foundAt'> & { readonly isReplicated: boolean }> {
  const hello = await opener.db(name).command({ hello: 1 })
  if (hello.isWritablePrimary !== true) {
    throw new StoreOpenError(
      `MongoDB at ${hello.me ?? 'that host'} cannot be written to, ${hello.primary ?? 'another'} can: name the whole replica set in the URL`,
    )
  }
  await opener.db(name).collection('workspaces').findOne({})
  return {
    isReplicated: typeof hello.setName === 'string' || hello.msg === 'isdbgrid',
    foundAt: hello.localTime instanceof Date ? hello.localTime.getTime() : undefined,
  }
}
