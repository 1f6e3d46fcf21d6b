import { randomUUID } from 'node:crypto'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { raisedLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { startShopOn } from '../drain/shop-server.ts'
import { pick, type Random } from '../stores/random.ts'
import type { Program } from '../stores/server-process.ts'
import { FragileServer } from './server-storm.ts'

export interface FleetPlan {
  readonly program: Program
  readonly nodes: number
  /** Answers before the disk has it: for short runs that kill no database. */
  readonly isHasty: boolean
  /** How often clients are told how far their streams are; what is lost on the way comes with it. Default: as servers do. */
  readonly headsMs?: number
}

/** Servers in processes of their own, on one MongoDB and one Redis. */
export class Fleet {
  readonly nodes: readonly FragileServer[]
  readonly redis: RedisProcess
  readonly #mongo: MongoProcess

  private constructor(plan: FleetPlan, mongo: MongoProcess, redis: RedisProcess) {
    this.#mongo = mongo
    this.redis = redis
    const env = {
      MONGODB_URI: mongo.urlWhereBusy.replace('/?', `/proof-${randomUUID().slice(0, 8)}?`),
      REDIS_URL: redis.url,
      LIMITS: raisedLimitsVariable.replace(/headsMs=\d+/, `headsMs=${plan.headsMs ?? 10_000}`),
    }
    this.nodes = Array.from(
      { length: plan.nodes },
      () => new FragileServer(() => startShopOn(plan.program, env)),
    )
  }

  static async start(plan: FleetPlan): Promise<Fleet> {
    const [mongo, redis] = await Promise.all([
      MongoProcess.start({ isHasty: plan.isHasty, isLong: true }),
      RedisProcess.start(),
    ])
    const fleet = new Fleet(plan, mongo, redis)
    // One after the other: the first makes the database's indexes.
    for (const node of fleet.nodes) await node.start()
    return fleet
  }

  /** What the servers have logged that should not happen. */
  get problems(): string[] {
    return this.nodes.flatMap(({ problems }, n) => problems.map((problem) => `server ${n + 1}: ${problem}`))
  }

  /** How many SIGTERMs ended before all that was under way had its answer. */
  get unfinishedStops(): number {
    return this.nodes.reduce((sum, { unfinishedStops }) => sum + unfinishedStops, 0)
  }

  /** The address of a server that runs. */
  get url(): string {
    return (this.nodes.find(({ isUp }) => isUp) ?? this.nodes[0])?.url ?? ''
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()))
    await Promise.all([this.#mongo.remove(), this.redis.kill()])
  }
}

/** Which server a client's connections go to: they stay there until it is down, or the client moves. */
export class Seat {
  readonly #nodes: readonly FragileServer[]
  readonly #random: Random
  #node: FragileServer

  constructor(nodes: readonly FragileServer[], random: Random) {
    this.#nodes = nodes
    this.#random = random
    this.#node = pick(random, nodes)
  }

  get url(): string {
    if (!this.#node.isUp) this.move()
    return this.#node.url
  }

  /** Goes to another server that runs, if there is one. */
  move(): void {
    const others = this.#nodes.filter((node) => node !== this.#node && node.isUp)
    if (others.length > 0) this.#node = pick(this.#random, others)
  }
}
