import type { Cell } from '../bench/measure.ts'
import type { Sample } from './measure.ts'
import type { Server } from './server.ts'

/** What is compared of a row. */
export interface Line {
  readonly of: string
  readonly unit: string
  readonly value: (sample: Sample) => number
}

export interface Row {
  readonly id: string
  readonly title: string
  readonly open: (server: Server) => Promise<Cell>
  readonly lines: readonly Line[]
}

const cpu = (per: string): Line => ({ of: 'CPU', unit: `µs/${per}`, value: ({ cpuUs }) => cpuUs })
const rate: Line = { of: 'rate', unit: '/s', value: ({ perSecond }) => perSecond }
const busy: Line = { of: 'its core in use', unit: '%', value: (sample) => 100 * sample.busy }
const latency: Line = { of: 'latency p50', unit: 'ms', value: ({ p50Ms }) => p50Ms }

/** The same work on each server. @param scale multiplies how often it is done */
export function tableRows(scale: number): readonly Row[] {
  const some = (count: number) => Math.round(count * scale)
  return [
    {
      id: 'fan-out-20',
      title: 'fan-out, room of 20, one at a time',
      open: (server) => server.fanOut({ members: 20, inFlight: 1, messages: some(1_000) }),
      lines: [cpu('delivery')],
    },
    {
      id: 'fan-out-20x16',
      title: 'fan-out, room of 20, 16 in flight',
      open: (server) => server.fanOut({ members: 20, inFlight: 16, messages: some(2_000) }),
      lines: [cpu('delivery')],
    },
    {
      id: 'accepted-64',
      title: 'accepted message, 64 in flight',
      open: (server) => server.accept({ inFlight: 64, messages: some(8_000) }),
      lines: [cpu('message'), rate, busy],
    },
    {
      id: 'accepted-1',
      title: 'accepted message, one in flight',
      open: (server) => server.accept({ inFlight: 1, messages: some(1_000) }),
      lines: [latency],
    },
  ]
}
