import type { Message, Ticket } from '../../../../packages/protocol/src/index.ts'
import { wait } from '../../bench/cpu.ts'
import type { Person } from '../person.ts'
import { between, pick, type Random } from '../random.ts'
import type { ServerProcess } from '../server-process.ts'
import { within } from '../within.ts'
import type { Findings } from './findings.ts'
import type { Closing, Ledger } from './ledger.ts'

export const rooms = ['attic', 'cellar', 'garden', 'hall'] as const
export const product = 'billing'
const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal'] as const
const inFlightOfEach = 4
const customers = ['ina', 'jon'] as const
const agents = ['kim', 'lea'] as const
/** More than the line managers' capacity, so that some tickets always wait. */
const keptOpen = 9
const mostOpen = 15
const idleDeadlineMs = 60_000

/** Eight senders to four rooms, and tickets that are opened, wait, and are closed by two agents at the same time. */
export class Load {
  /** The messages that a member of all rooms got. */
  readonly pushed: Message[] = []
  readonly #ledger: Ledger
  readonly #random: Random
  readonly #findings: Findings
  readonly #work: Promise<unknown>[] = []
  #isOver = false

  private constructor(ledger: Ledger, random: Random, findings: Findings) {
    this.#ledger = ledger
    this.#random = random
    this.#findings = findings
  }

  static async start(
    server: ServerProcess,
    ledger: Ledger,
    random: Random,
    findings: Findings,
  ): Promise<Load> {
    const load = new Load(ledger, random, findings)
    const join = (names: readonly string[], role?: 'agent') =>
      Promise.all(names.map((name) => server.connect(name, role)))
    const listener = await server.connect('listener')
    listener.hear((event, payload) => {
      if (event === 'entries') load.pushed.push(...(payload as { entries: Message[] }).entries)
    })
    for (const room of rooms) await listener.get('join', { room })
    const [sending, asking, closing] = await Promise.all([
      join(senders),
      join(customers),
      join(agents, 'agent'),
    ])
    for (const person of [listener, ...sending, ...asking, ...closing]) {
      person.onLost = (error) => load.#lost(error)
    }
    for (const person of sending) {
      for (let one = 0; one < inFlightOfEach; one += 1) load.#repeat(() => load.#send(person))
    }
    for (const person of asking) load.#repeat(() => load.#ask(person))
    load.#repeat(() => load.#close(closing))
    return load
  }

  /** Sends no new requests from now on. */
  end(): void {
    this.#isOver = true
  }

  /** Resolves when all requests are answered. Do not use it on a killed server. */
  async idle(): Promise<void> {
    await within(Promise.all(this.#work), idleDeadlineMs, 'Not everything was answered')
  }

  #lost(error: Error): void {
    if (!this.#isOver) this.#findings.add('refused', `a connection was lost: ${error.message}`)
  }

  #repeat(work: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      while (!this.#isOver) await work()
    }
    this.#work.push(run().catch((error: Error) => this.#lost(error)))
  }

  async #send(person: Person): Promise<void> {
    const sent = this.#ledger.send(person.user_id, pick(this.#random, rooms))
    const { room: room_id, cid, message_data } = sent
    const answer = await this.#insist<Message>(person, 'message_event', { room_id, cid, message_data })
    if (answer) sent.answer = answer
  }

  async #ask(person: Person): Promise<void> {
    await wait(between(this.#random, 0, 10))
    if (this.#ledger.open.length > mostOpen) return
    const asked = this.#ledger.ask(person.user_id)
    const ticket = await this.#insist<Ticket>(person, 'create_ticket', { product, cid: asked.cid })
    if (ticket) this.#ledger.answered(asked, ticket)
  }

  async #close(people: readonly Person[]): Promise<void> {
    const { open } = this.#ledger
    if (open.length <= keptOpen) {
      await wait(5)
      return
    }
    const names = people.map(({ user_id }) => user_id)
    const closings = this.#ledger.close(Math.floor(this.#random() * open.length), names)
    await Promise.all(closings.map((closing, at) => this.#closeOne(people[at], closing)))
  }

  async #closeOne(person: Person | undefined, closing: Closing): Promise<void> {
    if (!person) return
    const payload = { ticket_id: closing.ticket_id }
    const answer = await this.#insist<{ closed_now: boolean }>(person, 'close_ticket', payload)
    if (answer) closing.closedNow = answer.closed_now
  }

  /** Repeats a request with the same cid until it succeeds; undefined if the run ends first. */
  async #insist<Data>(person: Person, event: string, payload: object): Promise<Data | undefined> {
    while (!this.#isOver) {
      const answer = await person.ask<Data>(event, payload)
      if (answer.status === 'success') return answer.data
      if (!answer.error.retryable) {
        this.#findings.add('refused', `${event}: ${answer.error.code}, ${answer.data}`)
        return undefined
      }
      await wait(50)
    }
    return undefined
  }
}
