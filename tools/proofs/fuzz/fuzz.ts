import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLimits, type LimitOptions } from '../../../packages/server/src/limits.ts'
import { seeded } from '../stores/random.ts'
import { Canary } from './canary.ts'
import { fuzzOnce } from './fuzz-connection.ts'
import { type Figures, FuzzedServer, type Plant } from './fuzzed-server.ts'
import { Generator } from './generator.ts'
import { digestOfCalm, fillCalm, problemsOfFuzzed } from './kept.ts'

export interface FuzzOptions {
  readonly frames: number
  readonly seed: number
  readonly limits: 'default' | 'raised'
  readonly plant?: Plant
  /** Called after each tenth of the frames. */
  readonly onProgress?: (text: string) => void
}

export interface Fuzzed {
  readonly sent: number
  readonly connections: number
  readonly seconds: number
  /** Shares of `sent`. */
  readonly read: number
  readonly handled: number
  readonly stored: number
  /** How the heap grows over the second half of the run, in bytes a frame. */
  readonly heapSlope: number
  readonly heapMiB: readonly number[]
  readonly canary: { readonly asked: number; readonly p99Ms: number; readonly maxMs: number }
  readonly entries: number
  /** What a run must not have. Empty if the server is sound. */
  readonly problems: readonly string[]
}

/** How many connections are open at a time. */
const width = 8
const tenths = 10
const patienceMs = 10_000

/** Of what counts and how often; what bounds memory and time stays. */
const raised: LimitOptions = Object.fromEntries(
  Object.entries(defaultLimits)
    .filter(([name]) => !/Ms$|^outbound|^socketReads$/.test(name))
    .map(([name, value]) => [name, value * 1_000]),
)

/** Sends generated frames to a server of its own, and looks at what has become of it. */
export async function fuzz({ frames, seed, limits, plant, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-fuzz-'))
  await fillCalm(folder)
  const before = await digestOfCalm(folder)
  const server = await FuzzedServer.start({ folder, limits: limits === 'raised' ? raised : {}, plant })
  try {
    const canary = await Canary.open(server.url)
    const began = performance.now()
    const samples: (Figures & { sent: number })[] = []
    const problems: string[] = []
    let [sent, connections] = [0, 0]
    let nextSample = frames / tenths
    const isOver = () =>
      sent >= frames || server.end !== undefined || canary.problems.length + problems.length > 0
    const work = async (at: number): Promise<void> => {
      const random = seeded(seed * 1_000 + at)
      const generator = new Generator(random)
      while (!isOver()) {
        const more = await fuzzOnce(server.url, random, generator, frames / width)
        sent += more
        connections += 1
        if (sent >= nextSample) await sample()
      }
    }
    const sample = async (): Promise<void> => {
      nextSample += frames / tenths
      const figures = await server.figures()
      if (!figures) return
      problems.push(...figures.problems)
      samples.push({ ...figures, sent })
      onProgress?.(
        `${limits}: ${sent} frames, ${connections} connections, heap ${mib(figures.heapUsed)} MiB, canary ${canary.problems.length === 0 ? 'well' : 'not answered'}`,
      )
    }
    await Promise.all(Array.from({ length: width }, (_, at) => work(at)))
    const seconds = (performance.now() - began) / 1_000
    await sample()
    const waited = await canary.close()
    problems.push(...canary.problems)
    if (waited.maxMs > patienceMs) problems.push(`The canary waited ${waited.maxMs} ms`)
    const crash = await server.crash()
    if (crash !== undefined) problems.push(crash)
    await server.close()
    const kept = await problemsOfFuzzed(folder)
    problems.push(...kept.problems)
    if ((await digestOfCalm(folder)) !== before) problems.push('The other workspace has changed')
    const last = samples.at(-1)
    return {
      ...{ sent, connections, seconds },
      read: (last?.read ?? 0) / sent,
      handled: (last?.handled ?? 0) / sent,
      stored: (last?.stored ?? 0) / sent,
      heapSlope: slope(samples.slice(-tenths / 2).map((one) => [one.sent, one.heapUsed])),
      heapMiB: samples.map(({ heapUsed }) => mib(heapUsed)),
      canary: waited,
      entries: kept.entries,
      problems,
    }
  } finally {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

function mib(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10
}

/** The slope of the straight line that lies nearest to the points. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return below === 0 ? 0 : above / below
}
