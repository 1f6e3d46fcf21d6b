import type { Program } from '../stores/server-process.ts'
import { isGood } from './check.ts'
import { Fleet } from './fleet.ts'
import { type NodesWeathered, nodesWeather } from './nodes-weather.ts'
import { type GoneFigures, type Phase, redisGone } from './redis-gone.ts'

export interface NodesSize {
  readonly nodes: number
  readonly program: Program
  readonly seed: number
  readonly sdk: number
  readonly plain: number
  /** The mean pause between two messages of one client. */
  readonly talkMs: number
  readonly loadMs: number
  readonly serverFaultMs: number
  /** How long Redis is there, and how long it is gone, while lateness is measured. */
  readonly thereMs: number
  readonly goneMs: number
}

export interface OnNodes {
  readonly weather: NodesWeathered
  readonly redis: GoneFigures
  /** What breaks a promise. */
  readonly wrong: readonly string[]
}

/** Members on other servers may be so late while Redis is gone. */
const mostLateMs = 2_000
const mostFullSpeedMs = 5_000

/** Servers on one MongoDB and one Redis: how late members are without Redis, then faults everywhere. */
export async function chaosOnNodes(size: NodesSize): Promise<OnNodes> {
  const fleet = await Fleet.start({ program: size.program, nodes: size.nodes, isHasty: false })
  try {
    const redis = await redisGone(fleet, { thereMs: size.thereMs, goneMs: size.goneMs, talkMs: 100 })
    console.table(redis.phases.map(rowOf))
    const weather = await nodesWeather(fleet, {
      ...size,
      ...{ rooms: 4, devices: 3, clientFaultMs: 270, redisFaultMs: 7_000, moveMs: 3_000 },
    })
    console.log(weather)
    return { weather, redis, wrong: wrongOf(size.nodes, weather, redis) }
  } finally {
    await fleet.stop()
  }
}

function rowOf({ phase, lost, sameServer, otherServers, fullSpeedMs }: Phase) {
  const [{ p50, p99, max }, other] = [sameServer, otherServers]
  return {
    phase,
    lost,
    p50,
    p99,
    max,
    other50: other.p50,
    other99: other.p99,
    otherMax: other.max,
    fullSpeedMs,
  }
}

function wrongOf(nodes: number, weather: NodesWeathered, { phases }: GoneFigures): string[] {
  const quiet = phases[0]?.sameServer.p99 ?? 0
  const inPhases = phases.flatMap(({ phase, lost, sameServer, otherServers, fullSpeedMs }) => {
    const isBack = phase.startsWith('Redis goes') || phase.startsWith('Redis is back')
    const isSlow = isBack && nodes > 1 && (fullSpeedMs === null || fullSpeedMs > mostFullSpeedMs)
    return [
      ...(lost === 0 ? [] : [`${phase}: ${lost} lost`]),
      ...(otherServers.max <= mostLateMs ? [] : [`${phase}: ${otherServers.max} ms late on other servers`]),
      ...(sameServer.p99 <= Math.max(50, 3 * quiet) ? [] : [`${phase}: ${sameServer.p99} ms late at home`]),
      ...(isSlow ? [`${phase}: full speed after ${fullSpeedMs} ms`] : []),
    ]
  })
  const said = isGood(weather) ? [] : weather.examples
  const all = [...said, ...weather.done.wrong, ...weather.problems, ...inPhases]
  return all.map((one) => `On ${nodes} servers: ${one}`)
}
