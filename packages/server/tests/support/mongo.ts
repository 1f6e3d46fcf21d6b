import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { freePort } from './free-port.ts'
import { findMongoProgram } from './mongo-program.ts'

const startsWithinMs = 30_000

/** A MongoDB server for the tests of one file. */
export interface MongoServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Whether it is a stand-in for mongod, whose query plans show less than mongod's. */
  readonly isStandIn: boolean
  stop(): Promise<void>
}

/** A kind of server; `start` fails if the machine has none. */
export interface MongoKind {
  readonly kind: string
  readonly isReplicated: boolean
  start(): Promise<MongoServer>
}

const program = process.env.MONGODB_URI ? undefined : findMongoProgram()

/** Why there is no MongoDB to test with. The tests are then skipped, or fail with CI=true. */
export const noMongo: string | undefined =
  process.env.MONGODB_URI || program || process.env.CI === 'true'
    ? undefined
    : 'set MONGODB_URI, install mongod, or run .ci/run once'

/** The kinds of servers that a driver must support and that can be started here. */
export const mongoKinds: readonly MongoKind[] = process.env.MONGODB_URI
  ? [given(process.env.MONGODB_URI)]
  : [
      { kind: 'a replica set', isReplicated: true, start: () => startProgram(true) },
      { kind: 'a server alone', isReplicated: false, start: () => startProgram(false) },
    ]

function given(url: string): MongoKind {
  const isReplicated = url.includes('replicaSet=')
  const { hostname, port } = new URL(url)
  const server = { url, host: hostname, port: Number(port || 27_017), isStandIn: false, stop: async () => {} }
  return { kind: 'the server of MONGODB_URI', isReplicated, start: async () => server }
}

/** Starts a server that admits only this user. Never the one of MONGODB_URI: tests may not create users there. */
export async function startMongoWithLogin(user: string, pwd: string): Promise<MongoServer> {
  const folder = newFolder()
  const open = await startProgram(false, [], folder)
  const client = new MongoClient(open.url)
  await client.db('admin').command({ createUser: user, pwd, roles: ['root'] })
  await client.close()
  await open.halt()
  return startProgram(false, ['--auth'], folder)
}

interface Halting extends MongoServer {
  /** Stops the server and keeps its data. */
  halt(): Promise<void>
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'dowellchat-mongo-'))
}

async function startProgram(
  isReplicated: boolean,
  more: readonly string[] = [],
  folder = newFolder(),
): Promise<Halting> {
  if (!program) throw new Error('There is no MongoDB here: set MONGODB_URI or run .ci/run once')
  const port = await freePort()
  const args = program.isStandIn ? standInArgs(folder, isReplicated) : mongodArgs(folder, isReplicated)
  const child = spawn(program.file, ['--port', `${port}`, ...args, ...more], { stdio: 'ignore' })
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  try {
    await answers(url, isReplicated && !program.isStandIn, child)
  } catch (error) {
    await stop()
    throw error
  }
  const { isStandIn } = program
  return { url, host: '127.0.0.1', port, isStandIn, stop, halt: () => stopChild(child, 'SIGTERM') }

  async function stop(): Promise<void> {
    await stopChild(child, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

function standInArgs(folder: string, isReplicated: boolean): string[] {
  return ['--storage-path', folder, '--sync-on-commit', ...(isReplicated ? [] : ['--standalone'])]
}

function mongodArgs(folder: string, isReplicated: boolean): string[] {
  return ['--dbpath', folder, '--bind_ip', '127.0.0.1', ...(isReplicated ? ['--replSet', 'tests'] : [])]
}

/** Resolves once the server accepts writes. */
async function answers(url: string, isNewSet: boolean, child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('MongoDB ended at its start')))
  exited.catch(() => undefined)
  const client = new MongoClient(url, { serverSelectionTimeoutMS: startsWithinMs })
  const admin = client.db('admin')
  const isWritable = async (): Promise<boolean> =>
    (await admin.command({ hello: 1 })).isWritablePrimary === true
  try {
    await Promise.race([client.connect(), exited])
    if (isNewSet) await admin.command({ replSetInitiate: {} })
    const end = performance.now() + startsWithinMs
    while (!(await isWritable())) {
      if (performance.now() > end) throw new Error('MongoDB did not become writable')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    await client.close()
  }
}

async function stopChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
  child.kill(signal)
  await exited
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
