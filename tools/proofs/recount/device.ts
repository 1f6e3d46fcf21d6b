import { setTimeout as pause } from 'node:timers/promises'
import { type ChatClient, createChatClient, isRequestError } from '../../../packages/client/src/index.ts'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { Seat } from '../chaos/fleet.ts'
import type { FragileServer } from '../chaos/server-storm.ts'
import { shopKey } from '../drain/shop-server.ts'
import { type Random, seeded } from '../stores/random.ts'

export type Role = 'customer' | 'agent' | 'admin'

export interface Person {
  readonly user: string
  readonly role: Role
}

export type Requests = ChatClient['request']
export type PayloadIn<K extends keyof Requests> = Parameters<Requests[K]>[0]
export type DataIn<K extends keyof Requests> = Awaited<ReturnType<Requests[K]>>

/** How a request has ended, once and for all. */
export type Answered<K extends keyof Requests> =
  | { readonly data: DataIn<K> }
  | { readonly refused: { readonly code: string; readonly text: string } }

/** Tells what several runs on one store have said. */
export function tagOf(seed: number): string {
  return `in run ${seed}`
}

/** What says nothing about whether the server has done it. */
const passing = new Set(['unavailable', 'timeout', 'rate_limited'])

/** One device of a person: an SDK, on one of the servers, that asks until it is answered. */
export class Device {
  readonly user: string
  readonly role: Role
  readonly name: string
  /** The first device of a person does what several at once could not be held against an order. */
  readonly isFirst: boolean
  readonly random: Random
  readonly link: Link
  readonly seat: Seat
  readonly client: ChatClient
  /** What the servers have got wrong by their own account. */
  readonly problems: string[] = []
  readonly #stops: (() => void)[] = []
  #count = 0

  private constructor(
    { user, role }: Person,
    name: string,
    isFirst: boolean,
    random: Random,
    seat: Seat,
    link: Link,
  ) {
    this.user = user
    this.role = role
    this.name = name
    this.isFirst = isFirst
    this.random = random
    this.seat = seat
    this.link = link
    this.client = createChatClient({
      url: link.url,
      auth: { ...shopKey, user_id: user, role },
      keptMessages: { atEnd: 1_000_000 },
    })
    this.#stops.push(this.client.connect())
  }

  static async open(
    person: Person,
    nth: number,
    nodes: readonly FragileServer[],
    seed: number,
  ): Promise<Device> {
    const random = seeded(seed * 1_000 + Buffer.from(person.user).readUInt16LE() + nth)
    const seat = new Seat(nodes, random)
    const link = await openLink(() => seat.url, { random })
    const device = new Device(person, `${person.user}'s ${nth} ${tagOf(seed)}`, nth === 0, random, seat, link)
    await device.client.ready()
    return device
  }

  /** A text that nobody else writes. */
  text(): string {
    this.#count += 1
    return `${this.name} ${this.#count}`
  }

  /** Keeps something of the SDK current. */
  readonly hold = (live: { retain(): () => void; subscribe(listener: () => void): () => void }): void => {
    this.#stops.push(
      live.subscribe(() => undefined),
      live.retain(),
    )
  }

  /**
   * Asks, under the same cid, until the server has answered; over cuts, kills and whatever passes. `lost` are the tries that had
   * no answer.
   */
  async ask<K extends keyof Requests>(
    name: K,
    payload: PayloadIn<K>,
  ): Promise<Answered<K> & { readonly lost: number }> {
    // Every request takes its own payload and answers its own data.
    const request = this.client.request[name] as (payload: PayloadIn<K>) => Promise<DataIn<K>>
    for (let lost = 0; ; lost++) {
      try {
        return { data: await request(payload), lost }
      } catch (error) {
        if (!isRequestError(error)) throw error
        const { code, message, retryable } = error
        if (!passing.has(code) && !retryable) return { refused: { code, text: message }, lost }
        if (!passing.has(code)) this.problems.push(`${this.name}: ${name} is ${code}: ${message}`)
        if (lost > 200) throw error
        await pause(20 + this.random() * 100)
      }
      await this.client.ready()
    }
  }

  /** The same, of what nothing forbids. */
  async get<K extends keyof Requests>(name: K, payload: PayloadIn<K>): Promise<DataIn<K>> {
    const answer = await this.ask(name, payload)
    if ('data' in answer) return answer.data
    throw new Error(`${this.name}: ${name} ${JSON.stringify(payload)}: ${answer.refused.text}`)
  }

  /** The network lets it to another server. */
  move(): void {
    this.seat.move()
    this.link.cut('reset')
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.client.close()
    await this.link.close()
  }
}
