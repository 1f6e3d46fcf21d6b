import { setTimeout as pause } from 'node:timers/promises'
import type { FragileServer } from '../chaos/server-storm.ts'
import { breakServer } from '../chaos/server-storm.ts'
import { pick, seeded } from '../stores/random.ts'
import { doSomething } from './deeds.ts'
import { Device } from './device.ts'
import { readLogs, wrongAnswers } from './differences.ts'
import type { Log } from './log.ts'
import { brokenPromises, brokenSilences } from './promised.ts'
import { everybody, furnish, people, show } from './scene.ts'
import { reloadLists, wronglyShown } from './shown.ts'
import { World } from './world.ts'

export interface RecountPlan {
  readonly seed: number
  readonly devices: number
  /** What is done while servers are killed, and after that, when nothing is killed any more. */
  readonly deeds: number
  readonly calmDeeds: number
  /** How often a server is killed, and a device goes to another one, meanwhile. */
  readonly kills: number
  readonly moves: number
  /** Loads the SDKs' lists again before they are compared, for short runs: else they level by themselves. */
  readonly isHasty?: boolean
}

export interface Recounted {
  readonly seconds: number
  readonly deeds: number
  readonly kills: number
  readonly moves: number
  readonly streams: number
  readonly entries: number
  readonly messages: number
  /** Readers, with their counts, that were compared with a recount. */
  readonly readers: number
  /** From the last deed until every answer and every SDK was level with the log. */
  readonly levelMs: number
  readonly requests: Readonly<Record<string, number>>
  readonly refused: Readonly<Record<string, number>>
  readonly wrong: readonly string[]
}

interface Crew {
  readonly world: World
  readonly devices: readonly Device[]
  readonly nodes: readonly FragileServer[]
}

/** Five people on several devices do everything that one does in a chat, while servers are killed; then all is counted again. */
export async function recount(nodes: readonly FragileServer[], plan: RecountPlan): Promise<Recounted> {
  const began = performance.now()
  const world = new World(plan.seed)
  const devices: Device[] = []
  try {
    for (const person of people)
      for (let nth = 0; nth < plan.devices; nth++)
        devices.push(await Device.open(person, nth, nodes, plan.seed))
    const first = (user: string) => devices.find((one) => one.user === user && one.isFirst) as Device
    await furnish(world, first)
    for (const [at, device] of devices.entries()) show(world, device, at % plan.devices)
    const crew = { world, devices, nodes }
    await doAll(crew, plan)
    const doneMs = performance.now() - began
    const since = new Date().toISOString()
    await doMany(crew, plan.calmDeeds)
    const level = await untilLevel(crew, plan, since)
    const problems = [...devices, ...nodes].flatMap((one) => one.problems)
    return {
      seconds: Math.round(doneMs / 100) / 10,
      deeds: Object.values(world.counts).reduce((sum, count) => sum + count, 0),
      kills: plan.kills,
      moves: plan.moves,
      ...level,
      requests: sorted(world.counts),
      refused: sorted(world.refusals),
      wrong: [...level.wrong, ...world.wrong, ...problems],
    }
  } finally {
    await Promise.all(devices.map((device) => device.close()))
  }
}

/** Everybody does things while servers are killed and devices move, at even places of what is done. */
async function doAll(crew: Crew, { deeds, seed, kills, moves }: RecountPlan): Promise<void> {
  const { nodes, devices } = crew
  const [ofKills, ofMoves] = [seeded(seed + 1), seeded(seed + 2)]
  let killing = Promise.resolve()
  await doMany(crew, deeds, (nth) => {
    if (isPlace(nth, deeds, kills))
      killing = killing.then(() => breakServer(pick(ofKills, nodes), 'SIGKILL', ofKills))
    if (isPlace(nth, deeds, moves)) pick(ofMoves, devices).move()
  })
  await killing
}

/** Whether one of so many places, evenly spread, is here. */
function isPlace(nth: number, all: number, places: number): boolean {
  const placesBefore = (n: number): number => Math.floor((n * (places + 1)) / all)
  return nth > 0 && nth < all && placesBefore(nth) > placesBefore(nth - 1)
}

/** All devices at once, each one thing after the other. @param at is told of each before it is done */
async function doMany(
  { world, devices }: Crew,
  count: number,
  at: (nth: number) => void = () => undefined,
): Promise<void> {
  let begun = 0
  await Promise.all(
    devices.map(async (device) => {
      while (begun < count) {
        at(begun)
        begun += 1
        await doSomething({ device, world })
      }
    }),
  )
}

/** What was not told, since a server was killed, SDKs find within a minute. */
const levelDeadlineMs = 100_000
const hastyDeadlineMs = 30_000
/** What an SDK marks goes out within a second, and what messages do to lists is written within another one. */
const writtenMs = 2_500

async function untilLevel({ world, devices, nodes }: Crew, plan: RecountPlan, since: string) {
  const began = performance.now()
  await pause(writtenMs)
  const logs = await readLogs(world, nodes[0]?.url ?? '')
  const all = [...logs.values()]
  const firm = [
    ...all.flatMap(({ wrong }) => wrong),
    ...brokenPromises(world, logs, everybody),
    ...brokenSilences(world, logs),
  ]
  const right = new Set<FragileServer>()
  let readers = 0
  for (;;) {
    const late: string[] = []
    // Nothing happens any more: a server that is right stays right.
    for (const node of nodes.filter((one) => !right.has(one))) {
      const { wrong, compared } = await wrongAnswers(world, node, logs, since)
      late.push(...wrong)
      readers += wrong.length === 0 ? compared : 0
      if (wrong.length === 0) right.add(node)
    }
    if (plan.isHasty) await reloadLists(devices, plan.devices)
    late.push(...shownWrong(world, devices, plan, logs))
    const levelMs = Math.round(performance.now() - began)
    if (late.length === 0 || levelMs > (plan.isHasty ? hastyDeadlineMs : levelDeadlineMs)) {
      const entries = all.reduce((sum, log) => sum + log.entries.length, 0)
      const messages = all.reduce((sum, log) => sum + log.messages.length, 0)
      return { streams: all.length, entries, messages, readers, levelMs, wrong: [...firm, ...late] }
    }
    await pause(500)
  }
}

function shownWrong(
  world: World,
  devices: readonly Device[],
  plan: RecountPlan,
  logs: ReadonlyMap<string, Log>,
): string[] {
  return devices.flatMap((device, at) => wronglyShown(world, device, at % plan.devices, logs))
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a))
}
