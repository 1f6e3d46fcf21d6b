import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Attackers } from '../attackers/attackers.ts'
import { type AttackName, attackNames } from '../attackers/attacks.ts'
import { Innocent } from '../attackers/innocent.ts'
import { prepare } from '../attackers/scene.ts'
import { pin } from '../bench/cpu.ts'
import type { Program } from '../stores/server-process.ts'
import { Crowd } from './crowd.ts'
import type { Report } from './ledger.ts'
import { missingOf } from './read-back.ts'
import { key, SoakServer, type Usage } from './soak-server.ts'

export interface SoakPlan {
  readonly program: Program
  readonly seed: number
  readonly warmUpMs: number
  readonly loadMs: number
  /** Without any load, before what is used is measured. */
  readonly quietMs: number
  /** How much longer connections may take to be gone, on a machine that is busy with other things. */
  readonly graceMs: number
  /** How long attackers attack, and how long they are away. */
  readonly attackMs: number
  readonly awayMs: number
  onProgress(text: string): void
}

export interface Soaked {
  /** Sockets before anybody connected. */
  readonly firstSockets: number
  readonly before: Usage
  readonly after: Usage
  /** Under load, without a garbage collection. */
  readonly samples: readonly (Usage & { readonly atS: number })[]
  readonly asked: number
  readonly failures: Readonly<Record<string, number>>
  readonly failureSamples: readonly string[]
  readonly done: Readonly<Record<string, number>>
  readonly attacks: Readonly<Record<string, { sent: number; connections: number; refused: number }>>
  readonly acknowledged: number
  readonly missing: readonly string[]
  readonly problems: readonly string[]
}

const rooms = Array.from({ length: 4 }, (_, n) => `soak ${n}`)
const sampleMs = 30_000

/** Loads a server twice, quiet after each time: what it uses must not have grown from one to the other. */
export async function soak(plan: SoakPlan): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-soak-'))
  const [server, firstCrowd, crowd] = await Promise.all([
    SoakServer.start(plan.program, folder),
    Crowd.ready({ rooms, seed: plan.seed }),
    Crowd.ready({ rooms, seed: plan.seed + 1 }),
  ])
  try {
    pin(server.pid, 1)
    const { sockets } = await server.usage({ isCollected: false })
    const admin = await Innocent.open(server.url, key, 'root')
    await prepare(admin)
    admin.socket.socket.disconnect()
    const warm = await load(server, firstCrowd, plan, plan.warmUpMs)
    const areGone = (usage: Usage) => usage.sockets <= sockets
    const before = await quiet(server, plan, areGone)
    const loaded = await load(server, crowd, plan, plan.loadMs)
    // A busy machine is at what the attackers have sent for some time after they have gone; a leak stays.
    const after = await quiet(server, plan, (usage) => areGone(usage) && usage.heapMiB <= mostHeap(before))
    const acknowledged = merge(warm.report.acknowledged, loaded.report.acknowledged)
    const missing = await missingOf(server.url, acknowledged)
    return {
      ...{ firstSockets: sockets, before, after, samples: loaded.samples, attacks: loaded.attacks, missing },
      ...figuresOf(warm.report, loaded.report),
      acknowledged: Object.values(acknowledged).reduce((all, ids) => all + ids.length, 0),
      problems: server.problems,
    }
  } finally {
    for (const one of [firstCrowd, crowd]) one.abandon()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** In MiB, after a second crowd. @param before what the first one has left */
export const mostHeap = ({ heapMiB }: Usage): number => heapMiB * 1.1 + 8

/** What the server uses once it is quiet, or no longer waited for. */
async function quiet(server: SoakServer, plan: SoakPlan, isQuiet: (usage: Usage) => boolean): Promise<Usage> {
  const { quietMs, graceMs, onProgress } = plan
  await pause(quietMs)
  const until = performance.now() + graceMs
  let usage = await server.usage({ isCollected: true })
  while (!isQuiet(usage) && performance.now() < until) usage = await server.usage({ isCollected: true })
  onProgress(`quiet: ${JSON.stringify(usage)}`)
  return usage
}

/** A crowd for a time, with attackers who come and go. */
async function load(server: SoakServer, crowd: Crowd, plan: SoakPlan, durationMs: number) {
  pin(crowd.pid, 0)
  crowd.begin(server.url)
  const start = performance.now()
  const leftMs = () => durationMs - (performance.now() - start)
  const watching = watch(server, plan, leftMs)
  const attacks = await attackOften(server.port, plan, leftMs)
  const samples = await watching
  await pause(Math.max(leftMs(), 0))
  return { samples, attacks, report: await crowd.end() }
}

/** Looks at what the server uses, until there is no time left. */
async function watch(
  server: SoakServer,
  { onProgress }: SoakPlan,
  leftMs: () => number,
): Promise<Soaked['samples']> {
  const [samples, start]: [(Usage & { atS: number })[], number] = [[], performance.now()]
  while (leftMs() > sampleMs) {
    await pause(sampleMs)
    const usage = await server.usage({ isCollected: false })
    onProgress(`load: ${JSON.stringify(usage)}`)
    samples.push({ atS: Math.round((performance.now() - start) / 1_000), ...usage })
  }
  return samples
}

type Attacked = Record<AttackName, { sent: number; connections: number; refused: number }>

async function attackOften(port: number, plan: SoakPlan, leftMs: () => number): Promise<Attacked> {
  const { attackMs, awayMs } = plan
  const sums = Object.fromEntries(
    attackNames.map((name) => [name, { sent: 0, connections: 0, refused: 0 }]),
  ) as Attacked
  while (leftMs() > attackMs + awayMs) {
    const [attackers] = await Promise.all([
      Attackers.ready({
        names: attackNames,
        target: 'server',
        port,
        durationMs: attackMs,
        workspace: 'shop',
        key,
      }),
      pause(awayMs),
    ])
    pin(attackers.pid, 0)
    for (const { name, sent, connections, refused } of await attackers.run()) {
      const sum = sums[name]
      sum.sent += sent
      sum.connections += connections
      sum.refused += refused
    }
  }
  return sums
}

function figuresOf(warm: Report, loaded: Report) {
  const failures: Record<string, number> = {}
  for (const report of [warm, loaded])
    for (const [kind, count] of Object.entries(report.failures))
      failures[kind] = (failures[kind] ?? 0) + count
  const failureSamples = [...warm.samples, ...loaded.samples]
  return { asked: warm.asked + loaded.asked, failures, failureSamples, done: loaded.done }
}

function merge(...all: readonly Report['acknowledged'][]): Report['acknowledged'] {
  const merged: Record<string, string[]> = {}
  for (const one of all)
    for (const [place, ids] of Object.entries(one)) merged[place] = [...(merged[place] ?? []), ...ids]
  return merged
}
