import { estimateWait, lineOrder, type Ticket, topicLine } from '../../../packages/protocol/src/index.ts'
import { countBefore, readLine } from '../../../packages/server/src/delivery/line-reading.ts'
import { ServingTimes } from '../../../packages/server/src/delivery/serving-times.ts'
import { consoleLogger } from '../../../packages/server/src/logger.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import { setAhead } from '../../../packages/server/src/time.ts'
import { makeTicket, workspace } from '../stores/drafts.ts'
import type { Random } from '../stores/random.ts'
import { type Arrival, type Day, dayMinutes, isAway, type Person, saidMinutes, workOf } from './desk.ts'
import type { Waited } from './figures.ts'

const product = 'sales'
const line = { workspace_id: workspace, line: topicLine(product) }
const stepMinutes = 0.1
/** By then everybody is served, or has gone home. */
const lastMinute = 2 * dayMinutes

interface Work {
  readonly ticket: Ticket
  left: number
}

/** A desk on a real store, whose time is moved. */
export class Desk {
  readonly #store: Store
  readonly #serving: ServingTimes
  readonly #random: Random
  #people: readonly Person[]
  readonly #works = new Map<string, Work[]>()
  readonly #said = new Map<string, Omit<Waited, 'wait'>>()
  readonly #leaving = new Map<string, number>()
  readonly #away = new Map<string, boolean>()
  #morning = Date.now()

  private constructor(store: Store, people: readonly Person[], random: Random) {
    this.#store = store
    this.#people = people
    this.#random = random
    this.#serving = new ServingTimes({
      store,
      rows: { onAnnounced() {} },
      meter: undefined,
      logger: consoleLogger,
    })
    for (const { user_id } of people) this.#works.set(user_id, [])
  }

  static async open(store: Store, people: readonly Person[], random: Random): Promise<Desk> {
    const made = { cid: 'made', fingerprint: 'made', client_created_at: null }
    await store.topics.create({ workspace_id: workspace, user_id: 'admin', name: product, ...made })
    for (const [at, { user_id, capacity }] of people.entries()) {
      const rank = { positions_in_a_line: at, average_serving_time: saidMinutes, capacity }
      const cid = `made ${at}`
      await store.lineManagers.create({
        workspace_id: workspace,
        created_by: 'admin',
        user_id,
        ...rank,
        ...made,
        cid,
      })
    }
    return new Desk(store, people, random)
  }

  /** Plays a day; answers what those who had to wait were told, and how long it took. */
  async play({ people, arrivals }: Day, dayNumber: number): Promise<Waited[]> {
    this.#people = people
    this.#morning = Date.UTC(2026, 0, dayNumber, 8)
    const waits: Waited[] = []
    const coming = [...arrivals]
    for (let at = 0; at < lastMinute; at += stepMinutes) {
      await this.#moveTo(at)
      await this.#attend(at)
      await this.#work()
      await this.#leave(at)
      waits.push(...(await this.#take()))
      while ((coming[0]?.at ?? Number.POSITIVE_INFINITY) <= at) {
        await this.#come(coming.shift() as Arrival, at)
        waits.push(...(await this.#take()))
      }
      const isOver = coming.length === 0 && [...this.#works.values()].every((works) => works.length === 0)
      if (isOver && (await this.#store.tickets.countInLine(workspace, product)) === 0) break
    }
    return waits
  }

  async #moveTo(at: number): Promise<void> {
    await setAhead(this.#morning + at * 60_000 - Date.now())
  }

  async #attend(at: number): Promise<void> {
    for (const person of this.#people) {
      const away = isAway(person, at)
      if (this.#away.get(person.user_id) === away) continue
      this.#away.set(person.user_id, away)
      const time = new Date(this.#morning + at * 60_000).toISOString()
      const chosen = away ? 'away' : 'online'
      await this.#store.lineManagers.attend(workspace, person.user_id, {
        is_connected: true,
        chosen,
        at: time,
      })
    }
  }

  /** Everybody shares their time among the tickets that they have, and goes on a break once these are closed. */
  async #work(): Promise<void> {
    for (const { user_id } of this.#people) {
      const works = this.#works.get(user_id) ?? []
      for (const work of works) work.left -= stepMinutes / works.length
      for (const { ticket } of works.filter(({ left }) => left <= 0)) {
        const closed = await this.#store.tickets.close(workspace, ticket._id, user_id)
        if (closed) this.#serving.closed(workspace, closed.ticket)
      }
      this.#works.set(
        user_id,
        works.filter(({ left }) => left > 0),
      )
    }
    await this.#serving.write()
  }

  async #leave(at: number): Promise<void> {
    for (const [ticketId, until] of this.#leaving) {
      if (at < until) continue
      this.#leaving.delete(ticketId)
      if (this.#said.delete(ticketId)) await this.#store.tickets.close(workspace, ticketId, 'ann')
    }
  }

  async #come({ priority, patience }: Arrival, at: number): Promise<void> {
    const made = await this.#store.tickets.create({ ...makeTicket('ann', product), waits: true })
    if (!('row' in made)) throw new Error('A ticket was not stored')
    const ticket = await this.#store.tickets.update(workspace, made.row._id, { priority })
    if (!ticket) throw new Error('A ticket is not there')
    const { orders, speed, reason } = await readLine(this.#store, line)
    const ahead = countBefore(orders, lineOrder(ticket))
    const wait = reason === null ? estimateWait(ahead, speed) : null
    // Who is served at once needs no estimate.
    if (!wait || wait.high === 0) return
    const { low, high } = wait
    this.#said.set(ticket._id, { low, high, ahead, managers: speed.managers_online })
    if (patience < Number.POSITIVE_INFINITY) this.#leaving.set(ticket._id, at + patience)
  }

  /** The line gives tickets to those who are free, who answer at once. */
  async #take(): Promise<Waited[]> {
    const { tickets: given } = await this.#store.tickets.assignWaiting(workspace)
    const waits: Waited[] = []
    for (const { _id, line_manager, enqueued_at, assigned_at } of given) {
      const person = this.#people.find(({ user_id }) => user_id === line_manager)
      const moved = await this.#store.tickets.move(workspace, _id, { kind: 'answer' }, line_manager ?? '')
      if (!person || !moved || 'refused' in moved) throw new Error('A ticket cannot be answered')
      this.#works.get(person.user_id)?.push({ ticket: moved.ticket, left: workOf(person, this.#random) })
      const said = this.#said.get(_id)
      this.#said.delete(_id)
      this.#leaving.delete(_id)
      const wait = (Date.parse(assigned_at ?? '') - Date.parse(enqueued_at)) / 60_000
      if (said) waits.push({ ...said, wait })
    }
    return waits
  }
}
