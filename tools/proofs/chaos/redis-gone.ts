import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import type { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Fleet } from './fleet.ts'

export interface GonePlan {
  /** How long Redis is there, and how long it is gone, each time. */
  readonly thereMs: number
  readonly goneMs: number
  /** The pause between two messages of one server's sender. */
  readonly talkMs: number
}

/** How long after a message's acknowledgement it was heard. */
export interface Lateness {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Phase {
  readonly phase: string
  /** Messages that were not acknowledged, or that somebody did not hear. */
  readonly lost: number
  readonly sameServer: Lateness
  readonly otherServers: Lateness
  /** From the phase's begin until everything that is said is heard elsewhere as in the quiet; null where it never is. */
  readonly fullSpeedMs: number | null
}

export interface GoneFigures {
  readonly nodes: number
  readonly phases: readonly Phase[]
}

/** A message of the measurement. */
interface Said {
  readonly text: string
  readonly from: number
  readonly saidAt: number
  ackedAt: number
}

const deadlineMs = 15_000
/** What counts as full speed: hardly later than in the quiet. */
const leastFullSpeedMs = 250

const phases: readonly { name: string; isGone: boolean; begin: (redis: RedisProcess) => unknown }[] = [
  { name: 'with Redis', isGone: false, begin: () => undefined },
  { name: 'Redis hangs', isGone: true, begin: (redis) => redis.hang() },
  { name: 'Redis goes on', isGone: false, begin: (redis) => redis.goOn() },
  { name: 'Redis is dead', isGone: true, begin: (redis) => redis.kill() },
  { name: 'Redis is back, empty', isGone: false, begin: (redis) => redis.restart() },
]

/** Members on every server hear what is said on every server, while their Redis hangs and is dead, and after it is back. */
export async function redisGone(fleet: Fleet, plan: GonePlan): Promise<GoneFigures> {
  const { nodes, redis } = fleet
  const people = await Promise.all(nodes.map(({ url }, n) => Person.enter(n, url, nodes.length)))
  const spoken: { readonly beganAt: number; readonly said: readonly Said[] }[] = []
  try {
    for (const [nth, { isGone, begin }] of phases.entries()) {
      await begin(redis)
      const beganAt = performance.now()
      spoken.push({
        beganAt,
        said: await talk(people, nth, isGone ? plan.goneMs : plan.thereMs, plan.talkMs),
      })
    }
    await untilAllHeard(
      people,
      spoken.flatMap(({ said }) => said),
    )
    const [quiet = 0] = spoken.map(({ said }) => latenessOf(heard(people, said).other).p99)
    const fullSpeed = Math.max(leastFullSpeedMs, 2 * quiet)
    return {
      nodes: nodes.length,
      phases: spoken.map(({ beganAt, said }, n) => ({
        phase: phases[n]?.name ?? '',
        ...figuresOf(people, said, beganAt, fullSpeed),
      })),
    }
  } finally {
    for (const person of people) person.leave()
  }
}

async function untilAllHeard(people: readonly Person[], said: readonly Said[]): Promise<void> {
  const isHeard = (): boolean => said.every(({ text }) => people.every(({ heardAt }) => heardAt.has(text)))
  for (const end = performance.now() + deadlineMs; !isHeard() && performance.now() < end; ) await pause(50)
}

/** Somebody on one server, in the rooms of all of them. Each room has one speaker, so that nothing else makes a server read it. */
class Person {
  readonly heardAt = new Map<string, number>()
  readonly node: number
  readonly #socket: TestSocket

  private constructor(node: number, socket: TestSocket) {
    this.node = node
    this.#socket = socket
    socket.socket.on('entries', ({ entries }: { entries: readonly { message_data?: string }[] }) => {
      for (const { message_data = '' } of entries) this.heardAt.set(message_data, performance.now())
    })
  }

  static async enter(node: number, url: string, nodes: number): Promise<Person> {
    const auth = { protocol: 1, device_id: randomUUID(), ...shopKey, user_id: `member ${node}` }
    const options = { transports: ['websocket'], auth }
    const socket = await openSocket(url, options, { kept: () => undefined }).admitted()
    for (let n = 0; n < nodes; n++) await socket.request('join', { room: `hall ${n}` })
    return new Person(node, socket)
  }

  async say(said: Said): Promise<void> {
    const message = { room_id: `hall ${this.node}`, message_data: said.text, cid: randomUUID() }
    const answer = await this.#socket.ask('message_event', message).catch(() => undefined)
    if (answer?.status === 'success') said.ackedAt = performance.now()
  }

  leave(): void {
    this.#socket.socket.disconnect()
  }
}

/** Everybody speaks for a while; answers what was said. */
async function talk(people: readonly Person[], phase: number, ms: number, everyMs: number): Promise<Said[]> {
  const end = performance.now() + ms
  const said: Said[] = []
  const asked: Promise<void>[] = []
  const speak = async (person: Person): Promise<void> => {
    for (let n = 0; performance.now() < end; n++) {
      const one: Said = {
        text: `${phase} ${person.node} ${n}`,
        from: person.node,
        saidAt: performance.now(),
        ackedAt: 0,
      }
      said.push(one)
      asked.push(person.say(one))
      await pause(everyMs)
    }
  }
  await Promise.all(people.map(speak))
  await Promise.all(asked)
  return said
}

interface HeardTimes {
  /** How late it was heard on the speaker's server, and on others. */
  readonly same: readonly number[]
  readonly other: readonly number[]
  readonly lost: number
  /** When the last message was said that came later than this elsewhere. */
  readonly lastLateAt: (thanMs: number) => number
}

function heard(people: readonly Person[], said: readonly Said[]): HeardTimes {
  const times = said.flatMap(({ text, from, saidAt, ackedAt }) =>
    people.map(({ node, heardAt }) => {
      const at = heardAt.get(text)
      const isLost = at === undefined || ackedAt === 0
      return { isSame: node === from, saidAt, lateMs: isLost ? Infinity : Math.max(0, at - ackedAt) }
    }),
  )
  const there = times.filter(({ lateMs }) => lateMs < Infinity)
  const lateOf = (isSame: boolean) => there.filter((one) => one.isSame === isSame).map(({ lateMs }) => lateMs)
  return {
    same: lateOf(true),
    other: lateOf(false),
    lost: times.length - there.length,
    lastLateAt: (thanMs) =>
      Math.max(0, ...times.filter((one) => !one.isSame && one.lateMs > thanMs).map(({ saidAt }) => saidAt)),
  }
}

function figuresOf(
  people: readonly Person[],
  said: readonly Said[],
  beganAt: number,
  fullSpeed: number,
): Omit<Phase, 'phase'> {
  const { same, other, lost, lastLateAt } = heard(people, said)
  const lastAt = lastLateAt(fullSpeed)
  const isLateToTheEnd = said.every(({ saidAt }) => saidAt <= lastAt)
  return {
    lost,
    sameServer: latenessOf(same),
    otherServers: latenessOf(other),
    fullSpeedMs: isLateToTheEnd ? null : Math.max(0, Math.round(lastAt - beganAt)),
  }
}

function latenessOf(times: readonly number[]): Lateness {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
