import { setTimeout as pause } from 'node:timers/promises'
import type { Link } from '../../../packages/server/src/testing/index.ts'
import { killClients, makeNoise } from '../../../packages/server/tests/support/redis-noise.ts'
import type { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { between, pick, type Random, seeded } from '../stores/random.ts'
import type { Faults } from './client-storm.ts'
import type { Fleet, Seat } from './fleet.ts'
import { breakServer, oneByOne, serverFaults } from './server-storm.ts'

export interface FleetStorm {
  readonly seed: number
  /** The pauses between two faults. */
  readonly serverFaultMs: number
  readonly redisFaultMs: number
  /** The pause between two clients that go to another server. */
  readonly moveMs: number
}

/** Somebody who can go to another server. */
export interface Seated {
  readonly link: Link
  readonly seat: Seat
}

const redisFaults = [
  'Redis gets foreign bytes',
  'Redis hangs',
  'Redis is killed, and comes back empty',
  'Redis ends its connections',
] as const

/** Breaks servers and Redis, and moves clients, until it is told to stop; all of it is whole afterwards. */
export async function breakFleet(
  fleet: Fleet,
  seated: readonly Seated[],
  { seed, serverFaultMs, redisFaultMs, moveMs }: FleetStorm,
  signal: AbortSignal,
): Promise<Faults> {
  const [ofServers, ofRedis, ofMoves] = [seeded(seed + 1), seeded(seed + 2), seeded(seed + 3)]
  const all = await Promise.all([
    oneByOne(serverFaults, serverFaultMs, signal, (kind) =>
      breakServer(pick(ofServers, fleet.nodes), kind, ofServers),
    ),
    oneByOne(redisFaults, redisFaultMs, signal, (kind) => breakRedis(fleet.redis, kind, ofRedis)),
    fleet.nodes.length > 1 ? oneByOne(['moved'], moveMs, signal, () => move(pick(ofMoves, seated))) : {},
  ])
  return Object.assign({}, ...all)
}

async function breakRedis(
  redis: RedisProcess,
  kind: (typeof redisFaults)[number],
  random: Random,
): Promise<void> {
  const awayMs = between(random, 1_500, 6_000)
  if (kind === 'Redis hangs') {
    redis.hang()
    await pause(awayMs)
    redis.goOn()
  } else if (kind === 'Redis gets foreign bytes') {
    await makeNoise(redis.url, random)
  } else if (kind === 'Redis ends its connections') {
    await killClients(redis.url)
  } else {
    await redis.kill()
    await pause(awayMs)
    await redis.restart()
  }
}

async function move({ link, seat }: Seated): Promise<void> {
  seat.move()
  link.cut('reset')
}
