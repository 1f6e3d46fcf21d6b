import { cpuBetween, cpuByThread, wait } from '../bench/cpu.ts'
import { sendMessages } from '../bench/message-load.ts'
import type { RawSocket } from '../bench/raw-socket.ts'
import { Contestant, type Entrant } from '../bench/servers.ts'
import { quantile } from '../bench/statistics.ts'
import { Crowd } from './crowd.ts'
import { descriptorsOf, isRunning, residentOf } from './process-facts.ts'

/** A node with so many idle connections, each in a room of twenty. */
export interface Held {
  readonly connections: number
  /** Of the whole process, in MiB. */
  readonly residentMiB: number
  readonly heapMiB: number
  /** What each connection has added, in KiB. */
  readonly residentKiB: number
  readonly heapKiB: number
  /** CPU of 1,000 idle connections, in milliseconds a second; the node's own without connections is taken off. */
  readonly idleMsPer1000: number
  /** Opened a second, over all that were opened since the last figure, and the CPU of each. */
  readonly openedPerSecond: number
  readonly openCpuUs: number
  /** A message in a room of twenty others, meanwhile. */
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface NodeFigures {
  readonly of: string
  readonly held: readonly Held[]
  readonly endedBy: string
  readonly descriptors: { readonly open: number; readonly most: number }
  /** Connections that the server closed while they were idle. */
  readonly lost: number
}

export interface CapacitySize {
  readonly connections: number
  /** How many connections there are when it is measured, as shares of all. */
  readonly shares: readonly number[]
  /** A multiple of 25, so that each connection is pinged as often. */
  readonly idleSeconds: number
  readonly messages: number
  /** Messages that are stored, for what they take of the disk. */
  readonly stored: number
  /** Connections that come and go before anything is counted. */
  readonly settlers: number
}

/** One node, from no connections to as many as are asked for or as it holds. */
export class OneNode {
  readonly #server: Contestant
  readonly #crowd: Crowd
  readonly #probes: readonly RawSocket[]
  readonly #size: CapacitySize
  #base = { resident: 0, heap: 0, idleMs: 0 }
  readonly #held: Held[] = []

  private constructor(server: Contestant, probes: readonly RawSocket[], size: CapacitySize) {
    this.#server = server
    this.#probes = probes
    this.#size = size
    this.#crowd = new Crowd(server.port)
  }

  static async start(entrant: Entrant, size: CapacitySize): Promise<OneNode> {
    const server = await Contestant.start(entrant)
    // Code is compiled, and pools are made, before anything is counted.
    for (let n = 0; n < size.settlers; n += 1) (await server.join(n, `settlers-${n % 10}`)).close()
    const probes: RawSocket[] = []
    for (let n = 0; n < 20; n += 1) probes.push(await server.join(1_000_000 + n, 'probes'))
    const node = new OneNode(server, probes, size)
    await node.#probe()
    const heap = await server.heap()
    node.#base = { resident: residentOf(server.pid), heap, idleMs: await node.#idleMsASecond() }
    return node
  }

  /** Opens connections step by step, and measures the node with them. */
  async fill(say: (text: string) => void): Promise<NodeFigures> {
    const { connections, shares } = this.#size
    for (const share of shares) {
      const opened = await this.#grow(Math.round(connections * share))
      if (!isRunning(this.#server.pid)) break
      this.#held.push(await this.#measure(opened))
      say(`${this.#server.name}: ${this.#crowd.open} connections`)
      if (this.#crowd.failures > 0) break
    }
    const isAlive = isRunning(this.#server.pid)
    return {
      of: this.#server.isBare ? 'bare' : 'ours',
      held: this.#held,
      endedBy: this.#ending(isAlive),
      descriptors: isAlive ? descriptorsOf(this.#server.pid) : { open: 0, most: 0 },
      lost: this.#crowd.lost,
    }
  }

  async stop(): Promise<void> {
    for (const probe of this.#probes) probe.close()
    await this.#server.stop()
    this.#crowd.stop()
  }

  async #grow(count: number): Promise<{ readonly perSecond: number; readonly cpuUs: number }> {
    const { pid } = this.#server
    const [start, before, had] = [performance.now(), cpuByThread(pid), this.#crowd.open]
    await this.#crowd.growTo(count)
    const opened = Math.max(1, this.#crowd.open - had)
    const perSecond = opened / ((performance.now() - start) / 1_000)
    const cpuUs = isRunning(pid) ? cpuBetween(pid, before, cpuByThread(pid)).all / 1_000 / opened : Number.NaN
    return { perSecond, cpuUs }
  }

  async #measure(opened: { readonly perSecond: number; readonly cpuUs: number }): Promise<Held> {
    const heap = await this.#server.heap()
    const resident = residentOf(this.#server.pid)
    const idleMs = await this.#idleMsASecond()
    const latencies = await this.#probe()
    const connections = this.#crowd.open
    return {
      connections,
      residentMiB: resident / 2 ** 20,
      heapMiB: heap / 2 ** 20,
      residentKiB: (resident - this.#base.resident) / 2 ** 10 / connections,
      heapKiB: (heap - this.#base.heap) / 2 ** 10 / connections,
      idleMsPer1000: (idleMs - this.#base.idleMs) / (connections / 1_000),
      openedPerSecond: opened.perSecond,
      openCpuUs: opened.cpuUs,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
    }
  }

  async #idleMsASecond(): Promise<number> {
    const { pid } = this.#server
    const before = cpuByThread(pid)
    await wait(1_000 * this.#size.idleSeconds)
    return cpuBetween(pid, before, cpuByThread(pid)).all / 1_000_000 / this.#size.idleSeconds
  }

  async #probe(): Promise<number[]> {
    const [sender] = this.#probes
    if (!sender) return []
    const plan = { receivers: this.#probes, senders: [sender], room: () => 'probes', inFlight: 1 }
    const latencies: number[] = []
    for (let n = 0; n < this.#size.messages; n += 1) {
      latencies.push(...(await sendMessages(plan, 1)).deliveredMs)
      await wait(10)
    }
    return latencies
  }

  #ending(isAlive: boolean): string {
    const { failures, failure } = this.#crowd
    if (!isAlive) return 'the process ended'
    if (failures === 0) return 'the number asked for'
    const { open, most } = descriptorsOf(this.#server.pid)
    return open > most - 20 ? `descriptors: ${most} for each process` : `refused: ${failure}`
  }
}
