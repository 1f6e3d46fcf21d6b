import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { io, type Socket } from 'socket.io-client'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { seeded } from '../stores/random.ts'
import type { Heard } from './heard.ts'
import { FragileServer } from './server-storm.ts'
import { type List, noList, type Sent, type Talker } from './talker.ts'
import { sceneOf, talkThrough, type WeatherPlan } from './weather.ts'

/** What became of messages over bare socket.io. */
export interface BareFigures {
  readonly recovery: boolean
  readonly sent: number
  readonly accepted: number
  readonly stored: number
  /** Deliveries that a member of the room never got. */
  readonly lost: number
  /** Messages that are stored twice, and deliveries that came twice. */
  readonly repeated: number
  /** Deliveries that came behind a later one. */
  readonly disordered: number
  /** Messages that were sent, and were neither stored nor told to have failed, or both. */
  readonly undecided: number
}

const answerMs = 10_000
const program = fileURLToPath(new URL('./bare-server.mjs', import.meta.url))

/** The same talk through the same faults, over socket.io as it comes. */
export async function bareWeather(
  plan: Omit<WeatherPlan, 'program' | 'plain' | 'devices'>,
  recovery: boolean,
): Promise<BareFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-bare-'))
  const file = join(folder, 'log')
  const server = new FragileServer(async () => {
    const command = [process.execPath, program, file, recovery ? 'on' : 'off'] as const
    const running = new ExecutableProcess({ command, env: {} })
    await running.listening()
    return running
  })
  const links: Link[] = []
  const talkers: BareTalker[] = []
  try {
    await server.start()
    const rooms = Array.from({ length: plan.rooms }, (_, n) => `room ${n}`)
    for (let n = 0; n < plan.sdk; n++) {
      const link = await openLink(() => server.url, { random: seeded(plan.seed * 1_000 + n) })
      links.push(link)
      talkers.push(new BareTalker(`bare ${n}`, rooms, link))
    }
    await talkThrough(plan, { ...sceneOf(server, plan), links, talkers, rooms })
    for (let n = 0; n < 100 && !talkers.every(({ isIdle }) => isIdle); n++) await pause(250)
    await pause(5_000)
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean) : []
    return figuresOf(
      recovery,
      talkers,
      lines.map((line) => JSON.parse(line)),
    )
  } finally {
    for (const talker of talkers) talker.close()
    await Promise.all(links.map((link) => link.close()))
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Line {
  readonly room: string
  readonly seq: number
  readonly text: string
}

function figuresOf(recovery: boolean, talkers: readonly BareTalker[], log: readonly Line[]): BareFigures {
  const texts = new Set(log.map(({ text }) => text))
  const sent = talkers.flatMap((talker) => talker.sent)
  const accepted = sent.filter(({ outcome }) => outcome && '_id' in outcome)
  const got = talkers.reduce((sum, talker) => sum + talker.got, 0)
  return {
    recovery,
    sent: sent.length,
    accepted: accepted.length,
    stored: log.length,
    lost: log.length * talkers.length - got,
    repeated: log.length - texts.size + talkers.reduce((sum, { repeated }) => sum + repeated, 0),
    disordered: talkers.reduce((sum, { disordered }) => sum + disordered, 0),
    undecided: sent.filter(({ text, outcome }) => texts.has(text) !== Boolean(outcome && '_id' in outcome))
      .length,
  }
}

class BareTalker implements Talker {
  readonly kind = 'bare'
  readonly heard: ReadonlyMap<string, Heard> = new Map()
  readonly sent: Sent[] = []
  readonly user: string
  readonly link: Link
  readonly #socket: Socket
  readonly #known = new Map<string, Set<number>>()
  readonly #last = new Map<string, number>()
  #underWay = 0
  repeated = 0
  disordered = 0

  constructor(user: string, rooms: readonly string[], link: Link) {
    this.user = user
    this.link = link
    this.#socket = io(link.url, { forceNew: true })
    this.#socket.on('connect', () => {
      for (const room of rooms) this.#socket.emit('join', room)
    })
    this.#socket.on('message', (line: Line) => this.#hear(line))
  }

  get isIdle(): boolean {
    return this.#underWay === 0
  }

  get got(): number {
    return [...this.#known.values()].reduce((sum, { size }) => sum + size, 0)
  }

  say(room: string, text: string): void {
    const sent: Sent = { room, text, outcome: null }
    this.sent.push(sent)
    this.#underWay += 1
    // While there is no connection socket.io keeps it, and sends it afterwards.
    this.#socket.emit('message', { room, text }, ({ seq }: { seq: number }) => {
      this.#underWay -= 1
      sent.outcome = { _id: text, seq, nth: seq }
    })
    setTimeout(() => {
      if (sent.outcome) return
      this.#underWay -= 1
      sent.outcome = { problem: 'No answer' }
    }, answerMs).unref()
  }

  shown(): List {
    return noList
  }

  close(): void {
    this.#socket.disconnect()
  }

  #hear({ room, seq }: Line): void {
    const known = this.#known.get(room) ?? new Set()
    this.#known.set(room, known)
    if (known.has(seq)) this.repeated += 1
    else if (seq < (this.#last.get(room) ?? 0)) this.disordered += 1
    known.add(seq)
    this.#last.set(room, Math.max(seq, this.#last.get(room) ?? 0))
  }
}
