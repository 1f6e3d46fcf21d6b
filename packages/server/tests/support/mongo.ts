import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'

const cached = fileURLToPath(new URL('../../../../.cache/secantus/bin/secantusd-py', import.meta.url))
const startsWithinMs = 30_000

/** A MongoDB server for the tests of one file. */
export interface MongoServer {
  readonly url: string
  readonly host: string
  readonly port: number
  /** Whether it is the server that stands in for mongod, and cannot tell all that mongod tells of a query's plan. */
  readonly isStandIn: boolean
  stop(): Promise<void>
}

/** A kind of server; `start` fails where the machine has none. */
export interface MongoKind {
  readonly kind: string
  readonly isReplicated: boolean
  start(): Promise<MongoServer>
}

/** What runs here: the server of MONGODB_URI, else mongod, else what stands in for it. */
type Program = { readonly file: string; readonly isStandIn: boolean }

function findProgram(): Program | undefined {
  if (runs('mongod')) return { file: 'mongod', isStandIn: false }
  if (runs('secantusd-py', '--help')) return { file: 'secantusd-py', isStandIn: true }
  return existsSync(cached) ? { file: cached, isStandIn: true } : undefined
}

function runs(file: string, argument = '--version'): boolean {
  return spawnSync(file, [argument], { stdio: 'ignore' }).status === 0
}

const program = process.env.MONGODB_URI ? undefined : findProgram()

/** Why there is no MongoDB to test with; with CI=true the tests fail over it instead of being skipped. */
export const noMongo: string | undefined =
  process.env.MONGODB_URI || program || process.env.CI === 'true'
    ? undefined
    : 'set MONGODB_URI, install mongod, or run .ci/run once'

/** The kinds of servers that a driver has to do with, as far as there is a choice. */
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

/** A server alone that lets nobody in but this user; not the one of MONGODB_URI, whose users are not ours to make. */
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
  /** Stops it, and keeps its data. */
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

/** Resolves when the server can be written to. */
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
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
