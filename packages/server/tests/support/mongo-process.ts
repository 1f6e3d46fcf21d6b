import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { freePort } from './free-port.ts'

const cached = fileURLToPath(new URL('../../../../.cache/secantus/bin/secantusd-py', import.meta.url))
const startsWithinMs = 60_000
/** Has Python read what makes the stand-in faster, and leave nothing beside it. */
const standInEnv = {
  PYTHONPATH: fileURLToPath(new URL('stand-in', import.meta.url)),
  PYTHONDONTWRITEBYTECODE: '1',
}
/** The stand-in does one command after the other, and the slower the more of them it has: the others wait at our servers. */
const standInPool = 4
/** In characters. */
const mostComplaints = 1_000

/** `isStandIn`: it speaks MongoDB's protocol over MongoDB's storage engine, and is not MongoDB. */
interface Program {
  readonly file: string
  readonly isStandIn: boolean
}

/** mongod, else what stands in for it; undefined where the machine has neither. */
function findProgram(): Program | undefined {
  if (runs('mongod')) return { file: 'mongod', isStandIn: false }
  if (runs('secantusd-py', '--help')) return { file: 'secantusd-py', isStandIn: true }
  return existsSync(cached) ? { file: cached, isStandIn: true } : undefined
}

function runs(file: string, argument = '--version'): boolean {
  return spawnSync(file, [argument], { stdio: 'ignore' }).status === 0
}

/** Why this machine cannot run a MongoDB server of our own; undefined where it can. */
export function mongoProblem(): string | undefined {
  return findProgram() ? undefined : 'install mongod, or run .ci/run once'
}

export interface MongoProcessOptions {
  /** A replica set of one, which is the default, or a server alone. */
  readonly isReplicated?: boolean
  /** Answers without waiting for the disk; only the stand-in can. */
  readonly isHasty?: boolean
  /**
   * For more than 10,000 writes: clients repeat none by themselves. The stand-in keeps that many answers for those who do, and
   * sorts them at each further write.
   */
  readonly isLong?: boolean
}

/** A MongoDB server of our own, with a folder and a port of its own. It may be killed and started again. */
export class MongoProcess {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly url: string
  readonly isStandIn: boolean
  readonly #program: Program
  readonly #options: MongoProcessOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'dowellchat-mongo-'))
  #child: ChildProcess | undefined

  private constructor(program: Program, port: number, options: MongoProcessOptions) {
    this.#program = program
    this.#options = options
    this.port = port
    this.isStandIn = program.isStandIn
    const retries = program.isStandIn && options.isLong ? '&retryWrites=false' : ''
    this.url = `mongodb://${this.host}:${port}/?directConnection=true${retries}`
  }

  /** Resolves when it can be written to. */
  static async start(options: MongoProcessOptions = {}): Promise<MongoProcess> {
    const program = findProgram()
    if (!program) throw new Error(`There is no MongoDB here: ${mongoProblem()}`)
    const server = new MongoProcess(program, await freePort(), options)
    const isNewSet = server.#isReplicated && !program.isStandIn
    await server.#spawn(isNewSet, []).catch(async (error: unknown) => {
      await server.remove()
      throw error
    })
    return server
  }

  /** Its address for servers that give it more to do than it can. */
  get urlWhereBusy(): string {
    return this.isStandIn ? `${this.url}&maxPoolSize=${standInPool}` : this.url
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** Ends it, and keeps its data. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.#child || !this.isRunning) return
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exited
  }

  /** Starts it again on the same port and data. */
  async restart(...more: readonly string[]): Promise<void> {
    await this.kill()
    await this.#spawn(false, more)
  }

  /** Ends it, and removes its data. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #isReplicated(): boolean {
    return this.#options.isReplicated ?? true
  }

  async #spawn(isNewSet: boolean, more: readonly string[]): Promise<void> {
    const args = this.isStandIn ? this.#standInArgs() : this.#mongodArgs()
    const child = spawn(this.#program.file, ['--port', `${this.port}`, ...args, ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...(this.isStandIn && standInEnv) },
    })
    this.#child = child
    let complaints = ''
    child.stderr.on('data', (text: Buffer) => {
      complaints = `${complaints}${text}`.slice(-mostComplaints)
    })
    const ended = once(child, 'close').then(() => Promise.reject(new Error(`MongoDB ended: ${complaints}`)))
    ended.catch(() => undefined)
    await Promise.race([this.#writable(isNewSet), ended])
  }

  #standInArgs(): string[] {
    const { isHasty = false } = this.#options
    const durable = isHasty ? [] : ['--sync-on-commit']
    return ['--storage-path', this.#folder, ...durable, ...(this.#isReplicated ? [] : ['--standalone'])]
  }

  #mongodArgs(): string[] {
    const set = this.#isReplicated ? ['--replSet', 'ours'] : []
    return ['--dbpath', this.#folder, '--bind_ip', this.host, ...set]
  }

  async #writable(isNewSet: boolean): Promise<void> {
    const client = new MongoClient(this.url, { serverSelectionTimeoutMS: startsWithinMs })
    const end = performance.now() + startsWithinMs
    try {
      const admin = (await client.connect()).db('admin')
      if (isNewSet) await admin.command({ replSetInitiate: {} })
      while ((await admin.command({ hello: 1 })).isWritablePrimary !== true) {
        if (performance.now() > end) throw new Error('MongoDB did not become writable')
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    } finally {
      await client.close()
    }
  }
}
