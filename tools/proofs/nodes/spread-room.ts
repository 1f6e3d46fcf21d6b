import { cpuBetween, cpuByThread, wait } from '../bench/cpu.ts'
import { sendMessages } from '../bench/message-load.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import { quantile } from '../bench/statistics.ts'
import type { Side } from './sides.ts'

/** A room whose members are spread over the nodes of a side; the first of them sends. */
export interface Shape {
  readonly id: string
  readonly members: number
  readonly inFlight: number
  readonly messages: number
  /** Sends the next message so long after the last one has arrived everywhere. */
  readonly pauseMs?: number
}

export interface Quantiles {
  readonly p50Ms: number
  readonly p99Ms: number
}

/** What a side took for the messages of one round. */
export interface SpreadSample {
  /** Microseconds of CPU per delivery, of all nodes; all threads. */
  readonly cpuUs: number
  /** The same, node by node: the first one has the sender. */
  readonly nodesUs: readonly number[]
  readonly redisUs: number
  readonly perSecond: number
  /** From sending to arriving at a member of the sender's node, and of the other node. */
  readonly here: Quantiles
  readonly there: Quantiles | null
}

// As in the bench: what came before ends, and what is measured is counted wholly.
const settleMs = 40
let users = 100_000

/** A room that can be played again and again. */
export class SpreadRoom {
  readonly shape: Shape
  readonly #side: Side
  readonly #receivers: RawSocket[] = []
  readonly #nodeOf: number[] = []

  private constructor(side: Side, shape: Shape) {
    this.#side = side
    this.shape = shape
  }

  static async open(side: Side, shape: Shape): Promise<SpreadRoom> {
    const room = new SpreadRoom(side, shape)
    const each = shape.members / side.nodes.length
    for (const [at, node] of side.nodes.entries()) {
      for (let n = 0; n < each; n += 1) {
        users += 1
        room.#receivers.push(await node.join(users, `spread-${shape.id}`))
        room.#nodeOf.push(at)
      }
    }
    return room
  }

  /** Sends the room's messages; resolves when each has reached each member. */
  async play(redisPid: number): Promise<SpreadSample> {
    const pids = [...this.#side.nodes.map(({ pid }) => pid), redisPid]
    await wait(settleMs)
    const before = pids.map(cpuByThread)
    const start = performance.now()
    const latencies = await this.#send()
    const seconds = (performance.now() - start) / 1_000
    await wait(settleMs)
    const { messages, members } = this.shape
    const each = pids.map((pid, at) => {
      const { all } = cpuBetween(pid, before[at] ?? new Map(), cpuByThread(pid))
      return all / 1_000 / (messages * members)
    })
    const nodesUs = each.slice(0, -1)
    const [here = [], there] = latencies
    return {
      cpuUs: nodesUs.reduce((sum, us) => sum + us, 0),
      nodesUs,
      redisUs: each.at(-1) ?? Number.NaN,
      perSecond: messages / seconds,
      here: quantilesOf(here),
      there: there ? quantilesOf(there) : null,
    }
  }

  close(): void {
    for (const socket of this.#receivers) socket.close()
  }

  /** Answers the latencies, node by node. */
  async #send(): Promise<number[][]> {
    const { messages, pauseMs } = this.shape
    const latencies: number[][] = this.#side.nodes.map(() => [])
    if (pauseMs === undefined) {
      await this.#sendSome(messages, latencies)
      return latencies
    }
    for (let n = 0; n < messages; n += 1) {
      await this.#sendSome(1, latencies)
      await wait(pauseMs)
    }
    return latencies
  }

  async #sendSome(count: number, latencies: readonly number[][]): Promise<void> {
    const { id, inFlight } = this.shape
    const [sender] = this.#receivers
    if (!sender) throw new Error('The room is empty')
    const receivers = this.#receivers
    const plan = { receivers, senders: [sender], room: () => `spread-${id}`, inFlight }
    const { deliveredMs, deliveredTo } = await sendMessages(plan, count)
    for (const [at, ms] of deliveredMs.entries()) {
      latencies[this.#nodeOf[deliveredTo[at] ?? 0] ?? 0]?.push(ms)
    }
  }
}

function quantilesOf(ms: readonly number[]): Quantiles {
  return { p50Ms: quantile(ms, 0.5), p99Ms: quantile(ms, 0.99) }
}
