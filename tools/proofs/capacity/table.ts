import { alignColumns, short } from '../bench/results.ts'
import type { Figures } from './run.ts'

const heading = [
  ...['server', 'connections', 'resident KiB each', 'heap KiB each', 'resident MiB', 'idle ms/s per 1,000'],
  ...['opened/s', 'CPU µs to open', 'message p50 / p99 ms'],
]

/** The figures as people read them in a terminal. */
export function describe({ nodes, disk }: Figures): string {
  const rows = nodes.flatMap(({ of, held }) =>
    held.map((one) => [
      of,
      one.connections.toLocaleString('en'),
      ...[one.residentKiB, one.heapKiB, one.residentMiB, one.idleMsPer1000].map(short),
      short(one.openedPerSecond),
      short(one.openCpuUs),
      `${short(one.p50Ms)} / ${short(one.p99Ms)}`,
    ]),
  )
  const stored = `A message of a hundred letters takes ${short(disk.bytesEach)} bytes of the disk.`
  const ends = nodes.map(({ of, endedBy, descriptors, lost }) => {
    return `${of}: ended by ${endedBy} (${descriptors.open} of ${descriptors.most} descriptors open, ${lost} lost)`
  })
  return [alignColumns([heading, ...rows]), ...ends, stored].join('\n')
}
