import { short } from '../../bench/results.ts'
import { type AllEvidence, notRun, sourceOf, table } from './evidence.ts'

const benchRows = ['fan-out-20', 'fan-out-20x16', 'fan-out-200', 'fan-out-200x16', 'accepted-64-sockets']

function connections({ capacity }: AllEvidence): string {
  if (!capacity) return notRun('pnpm prove capacity 25000')
  const rows = capacity.figures.nodes.flatMap(({ of, held }) =>
    held.map((one) => [
      of === 'ours' ? 'dowellchat' : 'bare socket.io',
      one.connections.toLocaleString('en'),
      `${short(one.residentKiB)} (${short(one.heapKiB)})`,
      short(one.idleMsPer1000),
      short(one.openCpuUs / 1_000),
      `${short(one.p50Ms)} / ${short(one.p99Ms)}`,
    ]),
  )
  const heading = [
    ...['server', 'idle connections', 'KiB each (heap)', 'idle CPU, ms a second per 1,000'],
    ...['CPU to connect and join, ms', 'a message meanwhile, p50 / p99 ms'],
  ]
  const ends = capacity.figures.nodes.map(({ of, endedBy }) => `${of}: ${endedBy}`).join('; ')
  return `${table([heading, ...rows])}\n\nWhat ended it: ${ends}. ${sourceOf(capacity)}`
}

function messages({ bench }: AllEvidence): string {
  if (!bench) return notRun('pnpm prove bench')
  const rows = bench.figures.results
    .filter(({ row, of, mode }) => benchRows.includes(row) && of === 'CPU' && mode === 'durable')
    .map(({ title, unit, ours, bare, compared }) => [
      title,
      `${short(ours.median)} ${unit}`,
      short(bare.median),
      short(compared.median),
      Math.round(1_000_000 / ours.median).toLocaleString('en'),
    ])
  const heading = [
    'work, stored on disk',
    'dowellchat',
    'bare, stores nothing',
    '÷ bare',
    'a second on a core',
  ]
  return `${table([heading, ...rows])}\n\n${sourceOf(bench)}`
}

function tickets({ cost }: AllEvidence): string {
  if (!cost) return notRun('pnpm prove cost')
  const { file, visited } = cost.figures
  const sizes = [...new Set(file.map(({ open }) => open))]
  const steps = ['opening', 'closing', 'assigning the next', 'a page of 50']
  const rows = steps.map((step) => [
    step,
    ...sizes.map((size) =>
      short(file.find((one) => one.what === step && one.open === size)?.medianMs ?? Number.NaN),
    ),
  ])
  const heading = ['a ticket, ms', ...sizes.map((size) => `beside ${size.toLocaleString('en')} open`)]
  return `${table([heading, ...rows])}

After ${visited.rooms.toLocaleString('en')} rooms were visited once, the server keeps ${short(visited.keptMb)} MB of memory for them, and no more after further ones: it remembers
where a bounded number of them ends. ${sourceOf(cost)}`
}

function disk({ capacity }: AllEvidence): string {
  if (!capacity) return notRun('pnpm prove capacity 25000')
  const { bytesEach } = capacity.figures.disk
  const perGib = Math.round(2 ** 30 / bytesEach / 1_000) * 1_000
  return `A message of a hundred letters takes ${Math.round(bytesEach)} bytes in the data folder, its indexes included: ${perGib.toLocaleString('en')}
messages a GiB.`
}

/** The part about one node. */
export function oneNodePart(evidence: AllEvidence): string {
  return `## One node
### Connections
Each connection has an identity of its own and is in a room of twenty. It is silent, but for socket.io's pings. Handshakes and
connections are admitted without limit here, which they are not by default: see [limits](limits.md).

${connections(evidence)}

The kernel's buffers of a connection are not in these figures, and neither is TLS, which your proxy does. Every connection is a
descriptor of the process: raise \`LimitNOFILE\`.

### Messages
${messages(evidence)}

One process uses one core for messages, and a part of another one for its disk. More cores need more processes, and so MongoDB.

### Tickets and rooms
${tickets(evidence)}

### Disk
${disk(evidence)}
`
}
