import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { raisedLimitsVariable } from '../../../packages/server/tests/support/raised-limits.ts'
import { shopKey, startShop } from '../drain/shop-server.ts'
import { pick, seeded } from '../stores/random.ts'
import type { Program } from '../stores/server-process.ts'
import { judge, type Verdict } from './check.ts'
import { type Faults, silentFaults, storm } from './client-storm.ts'
import { Doers, type DoneFigures } from './doers.ts'
import { PlainTalker } from './plain-talker.ts'
import { readLogs } from './read-logs.ts'
import { SdkTalker } from './sdk-talker.ts'
import { FragileServer, serverStorm } from './server-storm.ts'
import type { Talker } from './talker.ts'

export interface WeatherPlan {
  readonly program: Program
  readonly seed: number
  readonly sdk: number
  readonly plain: number
  /** How many devices each of the five people has who do everything else. */
  readonly devices: number
  readonly rooms: number
  readonly loadMs: number
  /** The longest pause between two faults of clients, or 0 for none, and the pause between two of the server. */
  readonly clientFaultMs: number
  readonly serverFaultMs: number
  /** The pause between two messages of one person. */
  readonly talkMs: number
  /** For short runs: what levels by itself within some seconds is loaded again. */
  readonly isHasty?: boolean
}

/** Who talks how much, and how often links break. */
export type TalkPlan = Pick<WeatherPlan, 'seed' | 'loadMs' | 'clientFaultMs' | 'talkMs' | 'isHasty'>

export interface Weathered extends Verdict {
  readonly clientFaults: number
  readonly silent: number
  readonly serverFaults: number
  readonly faults: { readonly clients: Faults; readonly server: Faults }
  readonly sent: number
  readonly accepted: number
  readonly stored: number
  /** Messages that SDK lists have shown. */
  readonly shown: number
  /** From the end of the faults until every list is level. */
  readonly levelMs: number
  readonly done: DoneFigures
  readonly problems: readonly string[]
}

function count(faults: Faults): number {
  return Object.values(faults).reduce((sum, n) => sum + n, 0)
}

// As by default: what is lost on the way to a client comes with the next heads.
const limits = raisedLimitsVariable.replace(/headsMs=\d+/, 'headsMs=10000')

/** Clients talk through links that break, to a server that breaks; then what they say is held against the store. */
export async function weather(plan: WeatherPlan): Promise<Weathered> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-chaos-'))
  const server = new FragileServer(() => startShop(plan.program, folder, limits))
  const links: Link[] = []
  const talkers: Talker[] = []
  let doers: Doers | undefined
  try {
    await server.start()
    const rooms = Array.from({ length: plan.rooms }, (_, n) => `room ${n}`)
    doers = await Doers.open([server], rooms, plan.devices, plan.seed)
    for (let n = 0; n < plan.sdk + plan.plain; n++) {
      const link = await openLink(() => server.url, { random: seeded(plan.seed * 1_000 + n) })
      links.push(link)
      talkers.push(
        n < plan.sdk
          ? new SdkTalker(`sdk ${n}`, rooms, link, (user_id) => ({ ...shopKey, user_id }))
          : new PlainTalker(`plain ${n}`, rooms, link, { ...shopKey, user_id: `plain ${n}` }),
      )
    }
    const all = [...links, ...doers.links]
    return await endure(plan, { ...sceneOf(server, plan), links: all, talkers, rooms, doers })
  } finally {
    for (const talker of talkers) talker.close()
    await doers?.close()
    await Promise.all(links.map((link) => link.close()))
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface Scene {
  readonly links: readonly Link[]
  readonly talkers: readonly Talker[]
  readonly rooms: readonly string[]
  readonly doers?: Doers
  /** Breaks what the links lead to until it is told to stop; all of it is whole afterwards. */
  readonly breakServers: (signal: AbortSignal) => Promise<Faults>
  /** Where the log can be read. */
  readonly url: () => string
  /** What servers have logged that should not happen. */
  readonly problems: () => readonly string[]
}

type Behind = Pick<Scene, 'breakServers' | 'url' | 'problems'>

/** One server behind the links. */
export function sceneOf(server: FragileServer, plan: Pick<WeatherPlan, 'seed' | 'serverFaultMs'>): Behind {
  return {
    breakServers: (signal) => serverStorm(server, seeded(plan.seed + 1), plan.serverFaultMs, signal),
    url: () => server.url,
    problems: () =>
      server.unfinishedStops > 0
        ? [...server.problems, `${server.unfinishedStops} stops could not be finished in time`]
        : server.problems,
  }
}

/** Lets everybody talk through the faults, waits until all are level, and judges. */
export async function endure(plan: TalkPlan, scene: Scene & { readonly doers: Doers }): Promise<Weathered> {
  const { talkers } = scene
  const { clientFaults, serverFaults } = await talkThrough(plan, scene)
  const { logs, wrong, levelMs } = await untilLevel(scene, plan.isHasty)
  const sent = talkers.flatMap((talker) => talker.sent)
  return {
    ...judge(talkers, logs),
    clientFaults: count(clientFaults),
    silent: count(
      Object.fromEntries(Object.entries(clientFaults).filter(([name]) => silentFaults.has(name))),
    ),
    serverFaults: count(serverFaults),
    faults: { clients: clientFaults, server: serverFaults },
    sent: sent.length,
    accepted: sent.filter(({ outcome }) => outcome && '_id' in outcome).length,
    stored: [...logs.values()].reduce((sum, { messages }) => sum + messages.length, 0),
    shown: talkers
      .filter(({ kind }) => kind === 'sdk')
      .reduce((sum, { heard }) => sum + [...heard.values()].reduce((all, { ids }) => all + ids.size, 0), 0),
    levelMs,
    done: scene.doers.figures(wrong),
    problems: scene.problems(),
  }
}

/** Everybody talks while links and server break, for as long as the plan says; then all of them are whole. */
export async function talkThrough(
  plan: TalkPlan,
  { links, talkers, rooms, doers, breakServers }: Scene,
): Promise<{ readonly clientFaults: Faults; readonly serverFaults: Faults }> {
  const over = new AbortController()
  const { signal } = over
  const everyMs = { min: plan.clientFaultMs / 5, max: plan.clientFaultMs }
  const awayMs = { min: 200, max: 4_000 }
  const storms = [
    plan.clientFaultMs > 0 ? storm({ links, random: seeded(plan.seed), everyMs, awayMs, signal }) : {},
    breakServers(signal),
  ] as const
  const talk = talkers.map(async (talker, nth) => {
    const own = seeded(plan.seed * 100 + nth)
    for (let n = 0; !signal.aborted; n++) {
      talker.say(pick(own, rooms), `${talker.user} ${n}`)
      await pause(own() * plan.talkMs * 2)
    }
  })
  const deeds = doers?.goOn(talkers, plan.talkMs, signal)
  // Where something else fails first, that is told; the clients are closed then, and this fails too.
  deeds?.catch(() => undefined)
  await pause(plan.loadMs)
  over.abort()
  const [clientFaults, serverFaults] = await Promise.all(storms)
  await Promise.all(talk)
  for (const link of links) link.online()
  await deeds
  return { clientFaults, serverFaults }
}

/** Lists of rooms that were not told something find it within a minute. */
const levelDeadlineMs = 90_000
const hastyDeadlineMs = 60_000

/** Waits until everybody knows how their messages ended and shows the whole log. */
async function untilLevel(
  { url, talkers, rooms, doers }: Scene & { readonly doers: Doers },
  isHasty = false,
) {
  const began = performance.now()
  for (;;) {
    await pause(250)
    const levelMs = Math.round(performance.now() - began)
    const isOver = levelMs > (isHasty ? hastyDeadlineMs : levelDeadlineMs)
    if (!isOver && !talkers.every(({ isIdle }) => isIdle)) continue
    const logs = await readLogs(url(), rooms)
    if (!isOver && judge(talkers, logs).notLevel > 0) continue
    const wrong = await doers.wrong(isHasty)
    if (isOver || wrong.length === 0) return { logs, wrong, levelMs }
  }
}
