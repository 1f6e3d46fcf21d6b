import type { Cell, Sample } from './measure.ts'
import type { Contestant } from './servers.ts'

/** One number of a row: how to read it from our sample and bare's, and what it should be. */
export interface Line {
  readonly of: string
  /** What `value` is called where `compare` turns it into something else. */
  readonly raw?: string
  readonly mode: 'memory' | 'durable'
  readonly value: (sample: Sample) => number
  /** What the bar is about; our value by bare's unless said otherwise. `diskMs` is a 4 KiB overwrite and fdatasync. */
  readonly compare?: (ours: Sample, bare: Sample, diskMs: number) => number
  readonly unit: string
  readonly bar?: number
  readonly atLeast?: true
  readonly prototype?: string
  readonly reach?: string
}

export interface Row {
  readonly id: string
  readonly title: string
  readonly open: (server: Contestant) => Promise<Cell>
  readonly lines: readonly Line[]
  /** Whether the floor server can play it. */
  readonly hasFloor?: true
}

/** What a line should be; nothing where it only reports. */
export type Goal = Pick<Line, 'bar' | 'prototype' | 'reach'>

/** The CPU of all threads, with and without a disk. */
export function cpu(per: string, memory: Goal = {}, durable: Goal = {}): Line[] {
  const line = { of: 'CPU', value: (sample: Sample) => sample.cpuUs, unit: `µs/${per}` }
  return [
    { ...line, mode: 'memory', ...memory },
    { ...line, mode: 'durable', ...durable },
  ]
}

export function latency(mode: Line['mode'], goal: Goal = {}): Line {
  return {
    of: 'latency p50 over bare’s',
    raw: 'latency p50',
    mode,
    value: (sample) => sample.p50Ms,
    compare: (ours, bare) => ours.p50Ms - bare.p50Ms,
    unit: 'ms',
    ...goal,
  }
}

export function rate(mode: Line['mode'], goal: Goal = {}): Line {
  return { of: 'rate', mode, value: (sample) => sample.perSecond, unit: '/s', atLeast: true, ...goal }
}
