import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { findMongoProgram, type MongoProgram } from '../../../packages/server/tests/support/mongo-program.ts'
import { within } from './within.ts'

const deadlineMs = 60_000

/** Why this machine has no MongoDB server to kill; undefined if it has one. */
export function databaseProblem(): string | undefined {
  return findMongoProgram()
    ? undefined
    : 'needs a MongoDB server of its own: install mongod, or run .ci/run once'
}

/** A MongoDB server of the proof's own, a replica set of one, which can be killed and restarted on its data. */
export class DatabaseProcess {
  readonly url: string
  readonly isStandIn: boolean
  readonly #program: MongoProgram
  readonly #folder = mkdtempSync(join(tmpdir(), 'dowellchat-database-'))
  readonly #port: number
  readonly #isHasty: boolean
  #child: ChildProcess | undefined

  private constructor(program: MongoProgram, port: number, isHasty: boolean) {
    this.#program = program
    this.#isHasty = isHasty
    this.#port = port
    this.isStandIn = program.isStandIn
    this.url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  }

  /** Describes the server that the figures of `mongo` were measured on. */
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

  /** A hasty server answers before data is on the disk. Only the stand-in can be hasty, not mongod. */
  static async start({ isHasty = false } = {}): Promise<DatabaseProcess> {
    const program = findMongoProgram()
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
