import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { shopKey } from '../drain/shop-server.ts'
import { Fleet, type FleetPlan } from './fleet.ts'

export interface GonePlan extends FleetPlan {
  /** How long each phase lasts. */
  readonly phaseMs: number
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
  readonly phase: number
  readonly saidAt: number
  ackedAt: number
}

const settleMs = 5_000
/** What counts as full speed: hardly later than in the quiet. */
const fullSpeedMs = 250

/** Members on every server hear what is said on every server, while their Redis hangs and is dead, and after it is back. */
export async function redisGone(plan: GonePlan): Promise<GoneFigures> {
  const fleet = await Fleet.start(plan)
  const said: Said[] = []
  const people: Person[] = []
  try {
    for (const [n, { url }] of fleet.nodes.entries()) people.push(await Person.enter(n, url, plan.nodes))
    const { redis } = fleet
    const phases: [string, () => unknown][] = [
      ['with Redis', () => undefined],
      ['Redis hangs', () => redis.hang()],
      ['Redis goes on', () => redis.goOn()],
      ['Redis is dead', () => redis.kill()],
      ['Redis is back, empty', () => redis.restart()],
    ]
    const begins: number[] = []
    for (const [phase, [, begin]] of phases.entries()) {
      await begin()
      begins.push(performance.now())
      await talk(people, said, phase, plan)
    }
    await pause(settleMs)
    return {
      nodes: plan.nodes,
      phases: phases.map(([phase], n) =>
        figuresOf(
          phase,
          people,
          said.filter((one) => one.phase === n),
          begins[n] ?? 0,
        ),
      ),
    }
  } finally {
    for (const person of people) person.leave()
    await fleet.stop()
  }
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

async function talk(people: readonly Person[], said: Said[], phase: number, plan: GonePlan): Promise<void> {
  const end = performance.now() + plan.phaseMs
  await Promise.all(
    people.map(async (person) => {
      const asked: Promise<void>[] = []
      for (let n = 0; performance.now() < end; n++) {
        const text = `${phase} ${person.node} ${n}`
        const one: Said = { text, from: person.node, phase, saidAt: performance.now(), ackedAt: 0 }
        said.push(one)
        asked.push(person.say(one))
        await pause(plan.talkMs)
      }
      await Promise.all(asked)
    }),
  )
}

function figuresOf(phase: string, people: readonly Person[], said: readonly Said[], beganAt: number): Phase {
  const [same, other]: [number[], number[]] = [[], []]
  let lost = 0
  let lastLateAt = beganAt
  for (const { text, from, saidAt, ackedAt } of said) {
    for (const { node, heardAt } of people) {
      const at = heardAt.get(text)
      if (at === undefined || ackedAt === 0) lost += 1
      else (node === from ? same : other).push(Math.max(0, at - ackedAt))
      if (node !== from && at !== undefined && at - ackedAt > fullSpeedMs)
        lastLateAt = Math.max(lastLateAt, saidAt)
    }
  }
  const isLateToTheEnd = said.every(({ saidAt }) => saidAt <= lastLateAt)
  const fullSpeed = isLateToTheEnd ? null : Math.round(lastLateAt - beganAt)
  return {
    phase,
    lost,
    sameServer: latenessOf(same),
    otherServers: latenessOf(other),
    fullSpeedMs: fullSpeed,
  }
}

function latenessOf(times: readonly number[]): Lateness {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number =>
    Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
