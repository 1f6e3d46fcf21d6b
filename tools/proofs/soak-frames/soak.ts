import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Attackers } from '../attackers/attackers.ts'
import { attackNames } from '../attackers/attacks.ts'
import { fuzzOnce } from '../fuzz/fuzz-connection.ts'
import { FuzzedServer } from '../fuzz/fuzzed-server.ts'
import { Generator } from '../fuzz/generator.ts'
import { fillCalm } from '../fuzz/kept.ts'
import { seeded } from '../stores/random.ts'
import { Crowd } from './crowd.ts'

export interface Use {
  readonly atSeconds: number
  readonly heapMiB: number
  readonly rssMiB: number
  readonly handles: number
  readonly descriptors: number
}

export interface Soaked {
  readonly asked: number
  readonly fuzzed: number
  readonly attacks: number
  /** While nobody is connected: after the first round, after each further one, and at the end. */
  readonly uses: readonly Use[]
  readonly problems: readonly string[]
}

const people = 8
/** What of a client that has gone is kept for a while. */
const settleMs = 12_000

/** Rounds of people, attackers who come and go, and generated frames; between them everybody leaves. */
export async function soak(
  minutes: number,
  roundSeconds: number,
  onRound: (use: Use) => void,
): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-soak-'))
  await fillCalm(folder)
  const server = await FuzzedServer.start({ folder, limits: {} })
  const began = performance.now()
  const counted = { asked: 0, fuzzed: 0, attacks: 0 }
  const [uses, problems]: [Use[], string[]] = [[], []]
  try {
    while (performance.now() - began < minutes * 60_000 && server.end === undefined) {
      const until = performance.now() + roundSeconds * 1_000
      const crowd = new Crowd(server.url, people)
      await Promise.all([
        attackUntil(until, server.url, counted),
        fuzzUntil(until, server.url, counted, uses.length),
      ])
      await crowd.leave()
      counted.asked += crowd.asked
      problems.push(...crowd.problems)
      await new Promise((resolve) => setTimeout(resolve, settleMs))
      const figures = await server.figures()
      if (!figures) break
      problems.push(...figures.problems)
      const use = {
        atSeconds: Math.round((performance.now() - began) / 1_000),
        heapMiB: mib(figures.heapUsed),
        rssMiB: mib(figures.rss),
        handles: figures.handles,
        descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
      }
      uses.push(use)
      onRound(use)
    }
    const crash = await server.crash()
    if (crash !== undefined) problems.push(crash)
    await server.close()
    return { ...counted, uses, problems }
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One kind after the other, for a few seconds each. */
async function attackUntil(until: number, url: string, counted: { attacks: number }): Promise<void> {
  const port = Number(new URL(url).port)
  const orders = { target: 'server', port, durationMs: 4_000, workspace: 'fuzz', key: 'fuzz-key' } as const
  while (performance.now() < until) {
    const name = attackNames[counted.attacks % attackNames.length]
    if (name === undefined) return
    const attackers = await Attackers.ready({ ...orders, names: [name] })
    await attackers.run()
    counted.attacks += 1
  }
}

async function fuzzUntil(
  until: number,
  url: string,
  counted: { fuzzed: number },
  seed: number,
): Promise<void> {
  const random = seeded(seed)
  const generator = new Generator(random)
  while (performance.now() < until) {
    const more = await fuzzOnce(url, random, generator, 1_000)
    counted.fuzzed += more
  }
}

function mib(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10
}
