import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { shopKey } from '../drain/shop-server.ts'
import { seeded } from '../stores/random.ts'
import { Doers } from './doers.ts'
import { type Fleet, Seat } from './fleet.ts'
import { breakFleet, type FleetStorm, type Seated } from './fleet-storm.ts'
import { PlainTalker } from './plain-talker.ts'
import { SdkTalker } from './sdk-talker.ts'
import type { Talker } from './talker.ts'
import { endure, type TalkPlan, type Weathered } from './weather.ts'

export interface NodesPlan extends TalkPlan, FleetStorm {
  readonly sdk: number
  readonly plain: number
  /** How many devices each of the five people has who do everything else. */
  readonly devices: number
  readonly rooms: number
}

export interface NodesWeathered extends Weathered {
  readonly nodes: number
  /** Reported, not judged: calls of a slow database may take longer together than a stop waits. */
  readonly unfinishedStops: number
}

/**
 * Clients talk through links that break, spread over servers that break and share a Redis that breaks; they move between the
 * servers. Then what they say is held against the store.
 */
export async function nodesWeather(fleet: Fleet, plan: NodesPlan): Promise<NodesWeathered> {
  const seated: Seated[] = []
  const talkers: Talker[] = []
  let doers: Doers | undefined
  try {
    const rooms = Array.from({ length: plan.rooms }, (_, n) => `room ${n}`)
    for (let n = 0; n < plan.sdk + plan.plain; n++) {
      const seat = new Seat(fleet.nodes, seeded(plan.seed * 2_000 + n))
      const link = await openLink(() => seat.url, { random: seeded(plan.seed * 1_000 + n) })
      seated.push({ link, seat })
      talkers.push(talkerOf(n, n < plan.sdk ? 'sdk' : 'plain', rooms, link))
    }
    doers = await Doers.open(fleet.nodes, rooms, plan.devices, plan.seed)
    const all = [...seated, ...doers.seated]
    const scene = {
      links: all.map(({ link }) => link),
      ...{ talkers, rooms, doers },
      breakServers: (signal: AbortSignal) => breakFleet(fleet, all, plan, signal),
      url: () => fleet.url,
      problems: () => fleet.problems,
    }
    const weathered = await endure(plan, scene)
    return { nodes: fleet.nodes.length, unfinishedStops: fleet.unfinishedStops, ...weathered }
  } finally {
    for (const talker of talkers) talker.close()
    await doers?.close()
    await Promise.all(seated.map(({ link }) => link.close()))
  }
}

function talkerOf(n: number, kind: 'sdk' | 'plain', rooms: readonly string[], link: Link): Talker {
  return kind === 'sdk'
    ? new SdkTalker(`sdk ${n}`, rooms, link, (user_id) => ({ ...shopKey, user_id }))
    : new PlainTalker(`plain ${n}`, rooms, link, { ...shopKey, user_id: `plain ${n}` })
}
