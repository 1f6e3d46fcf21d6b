import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { within } from './within.ts'

const cached = fileURLToPath(new URL('../../../.cache/secantus/bin/secantusd-py', import.meta.url))
const deadlineMs = 60_000

/** `isStandIn`: it speaks MongoDB's protocol over MongoDB's storage engine, and is not MongoDB. */
interface Program {
  readonly file: string
  readonly isStandIn: boolean
}

function findProgram(): Program | undefined {
  if (spawnSync('mongod', ['--version'], { stdio: 'ignore' }).status === 0) {
    return { file: 'mongod', isStandIn: false }
  }
  return existsSync(cached) ? { file: cached, isStandIn: true } : undefined
}

/** Why there is no MongoDB server to kill here; undefined where there is one. */
export function databaseProblem(): string | undefined {
  return findProgram() ? undefined : 'needs a MongoDB server of its own: install mongod, or run .ci/run once'
}

/** A MongoDB server of our own, a replica set of one, that may be killed and started again on what it has stored. */
export class DatabaseProcess {
  readonly url: string
  readonly isStandIn: boolean
  readonly #program: Program
  readonly #folder = mkdtempSync(join(tmpdir(), 'dowellchat-database-'))
  readonly #port: number
  readonly #isHasty: boolean
  #child: ChildProcess | undefined

  private constructor(program: Program, port: number, isHasty: boolean) {
    this.#program = program
    this.#isHasty = isHasty
    this.#port = port
    this.isStandIn = program.isStandIn
    this.url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  }

  /** What the figures of `mongo` were measured on, in words. */
  static async describe(): Promise<string> {
    const database = await DatabaseProcess.start()
    const client = new MongoClient(database.url)
    try {
      const { version, secantusVersion } = await (await client.connect())
        .db('admin')
        .command({ buildInfo: 1 })
      return database.isStandIn
        ? `SecantusDB ${secantusVersion}, which stands in for MongoDB ${version}`
        : `MongoDB ${version}`
    } finally {
      await client.close()
      await database.remove()
    }
  }

  /** A hasty one answers without waiting for the disk; mongod cannot be told to, what stands in for it can. */
  static async start({ isHasty = false } = {}): Promise<DatabaseProcess> {
    const program = findProgram()
    if (!program) throw new Error(databaseProblem())
    const database = new DatabaseProcess(program, await freePort(), isHasty)
    await database.#spawn(true)
    return database
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  async kill(): Promise<void> {
    if (!this.#child || !this.isRunning) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  /** Starts it again on the same port and data. */
  async restart(): Promise<void> {
    await this.kill()
    await this.#spawn(false)
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #spawn(isNew: boolean): Promise<void> {
    const args = this.isStandIn
      ? ['--storage-path', this.#folder, ...(this.#isHasty ? [] : ['--sync-on-commit'])]
      : ['--dbpath', this.#folder, '--bind_ip', '127.0.0.1', '--replSet', 'proofs']
    this.#child = spawn(this.#program.file, ['--port', `${this.#port}`, ...args], { stdio: 'ignore' })
    await within(this.#writable(isNew && !this.isStandIn), deadlineMs, 'MongoDB could not be written to')
  }

  async #writable(isNewSet: boolean): Promise<void> {
    const client = new MongoClient(this.url, { serverSelectionTimeoutMS: deadlineMs })
    try {
      const admin = (await client.connect()).db('admin')
      if (isNewSet) await admin.command({ replSetInitiate: {} })
      while ((await admin.command({ hello: 1 })).isWritablePrimary !== true) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    } finally {
      await client.close()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
