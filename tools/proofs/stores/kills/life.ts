import { randomUUID } from 'node:crypto'
import { wait } from '../../bench/cpu.ts'
import { openPlace } from '../open-place.ts'
import type { Driver, Place } from '../place.ts'
import { between, seeded } from '../random.ts'
import { type Program, ServerProcess } from '../server-process.ts'
import { checkClosings, checkLine } from './check-line.ts'
import {
  expectAcknowledged,
  expectEachOnce,
  expectSameFromTheBeginning,
  expectStored,
} from './check-messages.ts'
import type { Findings } from './findings.ts'
import { History } from './history.ts'
import { Ledger } from './ledger.ts'
import { Load, product, rooms } from './load.ts'
import { retryUnanswered } from './retries.ts'

const afterRestartMs = 200

/** What is killed. */
export type Victim = 'server' | 'database'

/** When to kill, and what. */
export interface Kill {
  readonly seed: number
  readonly victim: Victim
  readonly afterMs: { readonly from: number; readonly to: number }
}

/** What one run did. */
export interface RunResult {
  readonly acknowledged: number
  readonly pushed: number
  readonly retried: number
  /** How many of the unanswered messages were stored nevertheless. */
  readonly storedUnanswered: number
  readonly tickets: number
  readonly closings: number
}

/** A place, its server, and all requests to it, over many kills. */
export class Life {
  readonly #place: Place
  readonly #program: Program
  readonly #ledger = new Ledger()
  readonly #histories = rooms.map((room) => new History(room))
  #server: ServerProcess

  private constructor(place: Place, program: Program, server: ServerProcess) {
    this.#place = place
    this.#program = program
    this.#server = server
  }

  static async begin(driver: Driver, program: Program): Promise<Life> {
    const place = await openPlace(driver)
    const server = await ServerProcess.start(program, place.env)
    const admin = await server.connect('admin', 'admin')
    await admin.get('create_topic', { name: product, cid: randomUUID() })
    for (const [at, capacity] of [1, 2, 3].entries()) {
      const rank = { positions_in_a_line: at + 1, average_serving_time: 5, is_unmanaged: true, capacity }
      await admin.get('create_line_manager', { user_id: `manager ${at + 1}`, ...rank, cid: randomUUID() })
    }
    admin.leave()
    return new Life(place, program, server)
  }

  /** Loads the server, kills at a random moment, and reads everything back. */
  async run({ seed, victim, afterMs }: Kill, findings: Findings): Promise<RunResult> {
    const random = seeded(seed)
    const before = { messages: this.#ledger.messages.length, closings: this.#ledger.closings.length }
    const tickets = this.#ledger.tickets.length
    const load = await Load.start(this.#server, this.#ledger, random, findings)
    await wait(between(random, afterMs.from, afterMs.to))
    await this.#kill(victim, load)
    const reader = await this.#server.connect('reader', 'admin')
    await this.#readOn(reader, findings)
    const sent = this.#ledger.messages.slice(before.messages)
    const acknowledged = sent.filter(({ answer }) => answer)
    const unanswered = sent.filter(({ answer }) => !answer)
    expectAcknowledged(this.#histories, acknowledged, findings)
    for (const message of load.pushed) expectStored(this.#histories, message, 'pushed', findings)
    const storedUnanswered = unanswered.filter(({ cid }) => this.#isStored(cid)).length
    const retried = await retryUnanswered(this.#server, this.#ledger)
    await this.#readOn(reader, findings)
    expectAcknowledged(this.#histories, unanswered, findings)
    expectEachOnce(this.#histories, this.#ledger.messages, findings)
    const closings = this.#ledger.closings.slice(before.closings)
    await checkClosings(reader, closings, findings)
    await checkLine(reader, this.#place, this.#ledger, findings)
    reader.leave()
    return {
      acknowledged: acknowledged.length,
      pushed: load.pushed.length,
      retried,
      storedUnanswered,
      tickets: this.#ledger.tickets.length - tickets,
      closings: closings.length,
    }
  }

  /** Reads everything again from the beginning, then removes the place. */
  async end(findings: Findings): Promise<void> {
    const reader = await this.#server.connect('reader', 'admin')
    await expectSameFromTheBeginning(reader, this.#histories, findings)
    await this.#server.stop()
    await this.#place.remove()
  }

  /** Stops without removing the place, so that its data can be examined. */
  async abandon(): Promise<void> {
    await this.#server.kill()
    await this.#place.database?.kill()
  }

  /** Kills under load. When the database is killed and restarted, the server keeps running. */
  async #kill(victim: Victim, load: Load): Promise<void> {
    const { database } = this.#place
    if (victim === 'database' && database) {
      await database.kill()
      await database.restart()
      await wait(afterRestartMs)
      load.end()
      return load.idle()
    }
    load.end()
    await this.#server.kill()
    this.#server = await ServerProcess.start(this.#program, this.#place.env)
  }

  #isStored(cid: string): boolean {
    return this.#histories.some(({ byCid }) => byCid.has(cid))
  }

  async #readOn(reader: Parameters<History['readOn']>[0], findings: Findings): Promise<void> {
    for (const history of this.#histories) await history.readOn(reader, findings)
  }
}
