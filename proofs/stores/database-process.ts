import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { within } from './within.ts'

const cached = fileURLToPath(new URL('../../.cache/secantus/bin/secantusd-py', import.meta.url))
const deadlineMs = 60_000

/** `isStandIn`: it speaks MongoDB's protocol over MongoDB's storage engine, and is not MongoDB. */
interface Program {
  readonly file: string
  readonly isStandIn: boolean
}

function findProgram(): Program {
  if (spawnSync('mongod', ['--version'], { stdio: 'ignore' }).status === 0)
    return { file: 'mongod', isStandIn: false }
  if (existsSync(cached)) return { file: cached, isStandIn: true }
  throw new Error('There is no MongoDB here: install mongod, or run .ci/run once for what stands in for it')
}

/** A MongoDB server of our own, a replica set of one, that may be killed and started again on what it has stored. */
export class DatabaseProcess {
  readonly url: string
  readonly name: string
  readonly #program: Program
  readonly #folder = mkdtempSync(join(tmpdir(), 'dowellchat-database-'))
  readonly #port: number
  #child: ChildProcess | undefined

  private constructor(program: Program, port: number) {
    this.#program = program
    this.#port = port
    this.name = program.isStandIn ? 'SecantusDB, a stand-in for mongod' : 'mongod'
    this.url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  }

  static async start(): Promise<DatabaseProcess> {
    const database = new DatabaseProcess(findProgram(), await freePort())
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
    const { file, isStandIn } = this.#program
    const args = isStandIn
      ? ['--storage-path', this.#folder, '--sync-on-commit']
      : ['--dbpath', this.#folder, '--bind_ip', '127.0.0.1', '--replSet', 'proofs']
    this.#child = spawn(file, ['--port', `${this.#port}`, ...args], { stdio: 'ignore' })
    await within(this.#writable(isNew && !isStandIn), deadlineMs, 'MongoDB could not be written to')
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
