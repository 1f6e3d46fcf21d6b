import { lineOrder, type Ticket } from '@dowellchat/protocol'
import type { Clock } from '../../../src/testing/clock.ts'
import { dateNow } from '../../../src/time.ts'
import { agents, type LineWorld, topics } from './line-world.ts'
import type { Random } from './random.ts'

/** What goes wrong in a schedule is thrown as this. */
export class LineFault extends Error {}

const priorities = ['low', 'normal', 'high', 'urgent'] as const
/** What a server does after a step may be lost, as if it had died there. */
const shareOfDeaths = 0.15

/**
 * A schedule of agents who come, go, claim, answer, hold, pass on and close, of customers who come, and of servers that die between two
 * steps; after each step it is looked whether the line is right.
 */
export class LineSchedule {
  readonly #world: LineWorld
  readonly #random: Random
  readonly #clock: Pick<Clock, 'advance'>
  readonly #created = new Set<string>()
  readonly #closed = new Set<string>()
  /** Since when agents are away. */
  readonly #awaySince = new Map<string, number>()

  constructor(world: LineWorld, random: Random, clock: Pick<Clock, 'advance'>) {
    this.#world = world
    this.#random = random
    this.#clock = clock
  }

  async run(steps: number): Promise<void> {
    await this.#world.open()
    for (const agent of agents) this.#awaySince.set(agent, dateNow())
    for (let n = 0; n < steps; n++) {
      await this.#step()
      await this.#expectWhole()
    }
    // Whatever was cut off, the next look of a server completes it.
    await this.#look()
    await this.#expectServed()
  }

  async #step(): Promise<void> {
    const steps = [
      ...[
        this.#create,
        this.#create,
        this.#create,
        this.#come,
        this.#come,
        this.#go,
        this.#close,
        this.#close,
      ],
      ...[
        this.#claim,
        this.#claimNext,
        this.#answer,
        this.#hold,
        this.#pass,
        this.#prefer,
        this.#wait,
        this.#reopen,
      ],
    ]
    await this.#random.oneOf(steps)?.call(this)
  }

  async #create(): Promise<void> {
    const product = this.#random.oneOf(topics) as string
    const waitedBefore = await this.#waiting(product)
    const ticket = await this.#world.create(product)
    this.#created.add(ticket._id)
    if (ticket.line_manager !== null && waitedBefore.length > 0)
      throw new LineFault(`${ticket._id} has overtaken ${waitedBefore[0]?._id}`)
    await this.#assign()
  }

  async #come(): Promise<void> {
    const agent = this.#random.oneOf(agents) as string
    await this.#world.attend(agent, true)
    this.#awaySince.delete(agent)
    await this.#assign()
  }

  async #go(): Promise<void> {
    const agent = this.#random.oneOf(agents) as string
    await this.#world.attend(agent, false)
    if (!this.#awaySince.has(agent)) this.#awaySince.set(agent, dateNow())
  }

  async #close(): Promise<void> {
    const ticket = await this.#any(({ is_closed }) => !is_closed)
    if (!ticket) return
    const closings = await Promise.all(
      ['ann', 'max'].map((by) => this.#world.move(ticket._id, { kind: 'close' }, by)),
    )
    const won = closings.filter((one) => one && !('refused' in one) && one.moved_now)
    if (won.length !== 1) throw new LineFault(`${ticket._id} was closed ${won.length} times`)
    this.#closed.add(ticket._id)
    await this.#assign()
  }

  async #claim(): Promise<void> {
    const ticket = await this.#any(({ state }) => state === 'waiting')
    if (!ticket) return
    const claims = await Promise.all(
      agents.map((line_manager) =>
        this.#world.move(ticket._id, { kind: 'take', line_manager }, line_manager),
      ),
    )
    const won = claims.filter((one) => one && !('refused' in one))
    if (won.length !== 1) throw new LineFault(`${ticket._id} was claimed by ${won.length}`)
  }

  async #claimNext(): Promise<void> {
    const next = await this.#world.firstInLine()
    const waiting = await this.#waiting()
    if (next?._id !== waiting[0]?._id) throw new LineFault(`${next?._id} is not the first of the line`)
    const line_manager = this.#random.oneOf(agents) as string
    if (next) await this.#world.move(next._id, { kind: 'take', line_manager }, line_manager)
  }

  async #answer(): Promise<void> {
    const ticket = await this.#any(({ state }) => state === 'assigned')
    if (ticket) await this.#world.move(ticket._id, { kind: 'answer' }, ticket.line_manager as string)
  }

  async #hold(): Promise<void> {
    const ticket = await this.#any(({ is_closed, line_manager }) => !is_closed && line_manager !== null)
    if (!ticket) return
    const kind = ticket.state === 'on_hold' ? 'resume' : 'hold'
    await this.#world.move(ticket._id, { kind }, ticket.line_manager as string)
  }

  async #pass(): Promise<void> {
    const ticket = await this.#any(({ is_closed }) => !is_closed)
    if (!ticket) return
    const product = this.#random.oneOf(topics) as string
    const line_manager = this.#random.oneOf(agents) as string
    const move = this.#random.isTrue(0.5)
      ? ({ kind: 'transfer', product } as const)
      : ({ kind: 'assign', line_manager } as const)
    await this.#world.move(ticket._id, move, 'root')
    await this.#assign()
  }

  async #prefer(): Promise<void> {
    const ticket = await this.#any(({ state }) => state === 'waiting')
    if (ticket)
      await this.#world.setPriority(ticket._id, this.#random.oneOf(priorities) as Ticket['priority'])
  }

  async #reopen(): Promise<void> {
    const ticket = await this.#any(({ is_closed }) => is_closed)
    if (!ticket) return
    await this.#world.move(ticket._id, { kind: 'reopen', line_manager: null }, 'ann')
    this.#closed.delete(ticket._id)
    await this.#assign()
  }

  async #wait(): Promise<void> {
    await this.#clock.advance(this.#random.below(200_000))
    await this.#look()
  }

  /** What a server does after a step, unless it dies there. */
  async #assign(): Promise<void> {
    if (!this.#random.isTrue(shareOfDeaths)) await this.#give()
  }

  /** What a server does each second, and when it starts. */
  async #look(): Promise<void> {
    await this.#world.handBack()
    await this.#give()
    await this.#expectHandedBack()
  }

  async #give(): Promise<void> {
    const before = new Map((await this.#waiting()).map((ticket) => [ticket._id, lineOrder(ticket)]))
    const given = await this.#world.lines.assign(this.#world.workspaceId)
    const after = await this.#waiting()
    for (const { _id, product } of given) {
      const overtaken = after.find(
        (one) => one.product === product && lineOrder(one) < (before.get(_id) ?? ''),
      )
      if (overtaken) throw new LineFault(`${_id} was given before ${overtaken._id}`)
    }
  }

  /** Nothing is lost, and counts are those of the tickets. */
  async #expectWhole(): Promise<void> {
    const all = await this.#world.all()
    const ids = new Set(all.map(({ _id }) => _id))
    if (ids.size !== all.length || ids.size !== this.#created.size) throw new LineFault('A ticket is lost')
    for (const ticket of all) {
      const isClosed = this.#closed.has(ticket._id)
      if (ticket.is_closed !== isClosed) throw new LineFault(`${ticket._id} is not as it was left`)
      if (!isClosed && (ticket.state === 'waiting') !== (ticket.line_manager === null))
        throw new LineFault(`${ticket._id} is ${ticket.state} with ${ticket.line_manager}`)
    }
    for (const { user_id, ticket_count } of await this.#world.managers()) {
      const own = all.filter(({ is_closed, line_manager }) => !is_closed && line_manager === user_id)
      if (own.length !== ticket_count)
        throw new LineFault(`${user_id} has ${own.length}, not ${ticket_count}`)
    }
  }

  /** Nobody who is away for longer than the grace period has a ticket. */
  async #expectHandedBack(): Promise<void> {
    const { handBackMs, handBackAnsweredMs } = this.#world.limits.server
    for (const { line_manager, state, is_closed, _id } of await this.#world.all()) {
      const since = is_closed ? undefined : this.#awaySince.get(line_manager ?? '')
      const awayMs = since === undefined ? 0 : dateNow() - since
      // A moment passes between what is stored and what is noted here.
      if (awayMs > (state === 'assigned' ? handBackMs : handBackAnsweredMs) + 1_000)
        throw new LineFault(`${_id} stays with ${line_manager}, who is away for ${awayMs} ms`)
    }
  }

  /** Whoever is there and has room has left nobody waiting. */
  async #expectServed(): Promise<void> {
    const waiting = await this.#waiting()
    for (const {
      user_id,
      availability,
      capacity,
      ticket_count,
      topics: served,
    } of await this.#world.managers()) {
      if (availability !== 'online' || (capacity !== null && ticket_count >= capacity)) continue
      const left = waiting.find(({ product }) => served === null || served.includes(product))
      if (left) throw new LineFault(`${left._id} waits, and ${user_id} is free`)
    }
  }

  async #any(isMeant: (ticket: Ticket) => boolean): Promise<Ticket | undefined> {
    return this.#random.oneOf((await this.#world.all()).filter(isMeant))
  }

  /** In the order of the line. */
  async #waiting(product?: string): Promise<Ticket[]> {
    const all = (await this.#world.all()).filter((one) => one.state === 'waiting')
    const some = all.filter((one) => product === undefined || one.product === product)
    return some.sort((a, b) => (lineOrder(a) < lineOrder(b) ? -1 : 1))
  }
}
