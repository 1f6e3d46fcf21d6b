import { type Spread, spread } from '../bench/statistics.ts'
import { type SideKey, sideKeys } from './sides.ts'
import type { Shape, SpreadSample } from './spread-room.ts'

/** What one side took for one shape, over the rounds that count. */
export interface SideFigures {
  readonly side: SideKey
  readonly cpuUs: Spread
  /** By bare's of the same number of nodes, round by round; 1 for bare itself. */
  readonly ofBare: Spread
  /** By the same side on one node. */
  readonly ofOneNode: Spread
  /** The nodes' medians; the first one has the sender. */
  readonly nodesUs: readonly number[]
  readonly redisUs: Spread
  readonly perSecond: Spread
  readonly hereMs: { readonly p50: number; readonly p99: number }
  readonly thereMs: { readonly p50: number; readonly p99: number } | null
}

export interface ShapeFigures {
  readonly shape: Shape
  readonly sides: readonly SideFigures[]
}

export type Round = Readonly<Record<SideKey, SpreadSample>>

/** Every side's figures. */
export function figuresOf(shape: Shape, rounds: readonly Round[]): ShapeFigures {
  const sides = sideKeys.map((side): SideFigures => {
    const samples = rounds.map((round) => round[side])
    const by = (other: SideKey) => spread(rounds.map((round) => round[side].cpuUs / round[other].cpuUs))
    const median = (read: (sample: SpreadSample) => number) => spread(samples.map(read)).median
    const { here, there } = {
      here: { p50: median(({ here }) => here.p50Ms), p99: median(({ here }) => here.p99Ms) },
      there: {
        p50: median(({ there }) => there?.p50Ms ?? Number.NaN),
        p99: median(({ there }) => there?.p99Ms ?? Number.NaN),
      },
    }
    return {
      side,
      cpuUs: spread(samples.map(({ cpuUs }) => cpuUs)),
      ofBare: by(side.endsWith('2') ? 'bare-2' : 'bare-1'),
      ofOneNode: by(side.startsWith('ours') ? 'ours-1' : 'bare-1'),
      nodesUs: (samples[0]?.nodesUs ?? []).map((_, at) => median(({ nodesUs }) => nodesUs[at] ?? Number.NaN)),
      redisUs: spread(samples.map(({ redisUs }) => redisUs)),
      perSecond: spread(samples.map(({ perSecond }) => perSecond)),
      hereMs: here,
      thereMs: samples[0]?.there ? there : null,
    }
  })
  return { shape, sides }
}
