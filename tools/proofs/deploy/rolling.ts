import { setTimeout as pause } from 'node:timers/promises'
import { readForwards } from '../../../packages/server/tests/support/sockets.ts'
import { enterShop } from '../drain/shop-server.ts'
import { seeded } from '../stores/random.ts'
import type { Program } from '../stores/server-process.ts'
import { Cluster, type Ending } from './cluster.ts'
import { type DarkFigures, darkFigures } from './dark-times.ts'
import type { Guest } from './guest.ts'
import { type Household, openHousehold } from './households.ts'
import { Nginx } from './nginx.ts'
import { PlainGuest } from './plain-guest.ts'
import { SdkGuest } from './sdk-guest.ts'
import { judge, type Verdict } from './verdict.ts'

export interface RollingPlan {
  readonly program: Program
  /** Half of them with the SDK; half of each kind begins with HTTP, the others have WebSockets alone. */
  readonly clients: number
  readonly rooms: number
  readonly households: number
  readonly messagesPerSecond: number
  /** How often both servers are restarted. */
  readonly rounds: number
  readonly seed: number
}

export interface RollingFigures extends Omit<Verdict, 'problems'> {
  readonly clients: number
  readonly restarts: number
  /** Guests who are there in the end. */
  readonly back: number
  readonly dark: Readonly<Record<'all' | Guest['kind'], DarkFigures>>
  /** How often plain clients were told to try again later. */
  readonly repeats: number
  /** How often the servers' log says that the database has answered late. */
  readonly lateAnswers: number
  readonly exitCodes: readonly (number | null)[]
  readonly exitMs: { readonly mean: number; readonly most: number }
  readonly problems: readonly string[]
}

const deadlineMs = 120_000

/** Restarts both servers behind nginx with sticky sessions, one after the other, again and again, under traffic. */
export async function rollingRestart(plan: RollingPlan): Promise<RollingFigures> {
  const cluster = await Cluster.start(plan.program, 2)
  const homes: Household[] = []
  const guests: Guest[] = []
  let nginx: Nginx | undefined
  try {
    nginx = await Nginx.start({ example: 'sticky.conf', servers: cluster.ports })
    for (let n = 0; n < plan.households; n++) homes.push(await openHousehold(n + 2, nginx.port))
    for (let n = 0; n < plan.clients; n++) {
      guests.push(guestOf(homes[n % homes.length] as Household, n, plan))
      if (n % 10 === 0) await pause(50)
    }
    await allLive(guests)
    const talking = talk(guests, plan)
    const endings = await restartAll(cluster, guests, plan.rounds)
    talking.stop()
    await allLevel(guests)
    const verdict = judge(guests, await readLogs(cluster.urlOf(0), guests))
    return figuresOf(guests, endings, verdict)
  } finally {
    for (const guest of guests) guest.close()
    for (const home of homes) home.close()
    await nginx?.stop()
    await cluster.stop()
  }
}

function guestOf({ url }: Household, n: number, { rooms }: RollingPlan): Guest {
  const Kind = n % 2 === 0 ? SdkGuest : PlainGuest
  return new Kind(url, `user ${n}`, `room ${n % rooms}`, Math.floor(n / 2) % 2 === 0)
}

/** Lets somebody say something, again and again. */
function talk(guests: readonly Guest[], { messagesPerSecond, seed }: RollingPlan) {
  const random = seeded(seed)
  let n = 0
  const timer = setInterval(() => {
    n += 1
    guests[Math.floor(random() * guests.length)]?.say(`message ${n}`)
  }, 1_000 / messagesPerSecond)
  return { stop: () => clearInterval(timer) }
}

async function restartAll(cluster: Cluster, guests: readonly Guest[], rounds: number): Promise<Ending[]> {
  const endings: Ending[] = []
  for (let round = 0; round < rounds; round++) {
    for (const n of cluster.ports.keys()) {
      endings.push(await cluster.end(n))
      await cluster.begin(n)
      await allLive(guests)
    }
  }
  return endings
}

async function allLive(guests: readonly Guest[]): Promise<void> {
  const away = (): Guest[] => guests.filter(({ isLive }) => !isLive)
  for (const end = performance.now() + deadlineMs; away().length > 0; await pause(50)) {
    if (performance.now() < end) continue
    const problems = guests.flatMap((guest) => guest.problems).slice(0, 5)
    const found = [...tally(away().map(({ state }) => state)), ...problems].join('; ')
    throw new Error(`${away().length} of ${guests.length} are not there: ${found}`)
  }
}

/** How often each is there, most often first. */
function tally(words: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const one of words) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a).map(([one, count]) => `${count} × ${one}`)
}

/** Waits until everything has been answered and shown, as long as it makes sense; `judge` says what is missing. */
async function allLevel(guests: readonly Guest[]): Promise<void> {
  await allLive(guests)
  const isAnswered = (): boolean => guests.every(({ sent }) => sent.every(({ place }) => place))
  const counts = (): Map<string, Set<number>> => {
    const byRoom = new Map<string, Set<number>>()
    for (const { room, shown } of guests) byRoom.set(room, (byRoom.get(room) ?? new Set()).add(shown.length))
    return byRoom
  }
  const isSame = (): boolean => [...counts().values()].every(({ size }) => size === 1)
  const end = performance.now() + deadlineMs / 4
  while (performance.now() < end && !(isAnswered() && isSame())) await pause(100)
}

async function readLogs(url: string, guests: readonly Guest[]) {
  const reader = await enterShop(url, 'reader')
  const rooms = [...new Set(guests.map(({ room }) => room))]
  const logs = new Map<string, Awaited<ReturnType<typeof readForwards>>>()
  for (const room of rooms) logs.set(room, await readForwards(reader, room))
  reader.socket.disconnect()
  return logs
}

function figuresOf(
  guests: readonly Guest[],
  endings: readonly Ending[],
  { problems, ...counts }: Verdict,
): RollingFigures {
  const darkOf = (those: readonly Guest[]) => darkFigures(those.flatMap(({ dark }) => dark.absences))
  const exits = endings.map(({ exitMs }) => exitMs)
  return {
    clients: guests.length,
    restarts: endings.length,
    back: guests.filter(({ isLive }) => isLive).length,
    ...counts,
    dark: {
      all: darkOf(guests),
      sdk: darkOf(guests.filter(({ kind }) => kind === 'sdk')),
      plain: darkOf(guests.filter(({ kind }) => kind === 'plain')),
    },
    repeats: guests.reduce((sum, guest) => sum + guest.repeats, 0),
    lateAnswers: endings.reduce((sum, ending) => sum + ending.lateAnswers, 0),
    exitCodes: endings.map(({ exitCode }) => exitCode),
    exitMs: {
      mean: Math.round(exits.reduce((sum, one) => sum + one, 0) / exits.length),
      most: Math.max(...exits),
    },
    problems: [...problems, ...endings.flatMap((ending) => ending.problems)],
  }
}
