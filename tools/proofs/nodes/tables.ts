import { alignColumns, short } from '../bench/results.ts'
import type { Figures } from './run.ts'
import type { SideFigures } from './spread-figures.ts'

/** What the sides are called. */
export const titles: Readonly<Record<string, string>> = {
  'ours-2': 'ours, two nodes',
  'ours-1': 'ours, one node',
  'bare-2': 'bare with the adapter, two',
  'bare-1': 'bare, one',
}

function row(title: string, one: SideFigures): string[] {
  const ms = (of: { p50: number; p99: number } | null) => (of ? `${short(of.p50)} / ${short(of.p99)}` : '–')
  return [
    title,
    titles[one.side] ?? one.side,
    short(one.cpuUs.median),
    one.nodesUs.map(short).join(' + '),
    short(one.redisUs.median),
    short(one.ofBare.median),
    short(one.ofOneNode.median),
    short(one.perSecond.median),
    ms(one.hereMs),
    ms(one.thereMs),
  ]
}

const heading = [
  ...['room × in flight', 'side', 'µs/delivery', 'by node', 'Redis µs', '÷ bare', '÷ one node', 'messages/s'],
  ...['same node p50 / p99 ms', 'other node p50 / p99 ms'],
]

/** The figures as people read them in a terminal. */
export function describe({ rooms, calm, read, unconcerned, asked, appends }: Figures): string {
  const rows = [...rooms, ...(calm ? [calm] : [])].flatMap(({ shape, sides }) =>
    sides.map((one) => row(shape.id, one)),
  )
  const commands = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, n]) => `${name} ${short(n)}`)
      .join(', ') || '–'
  const askedRows = asked.map((one) => [
    one.of,
    titles[one.side] ?? one.side,
    short(one.publishes),
    `${short(one.redisBytesIn)} / ${short(one.redisBytesOut)}`,
    commands(one.sendersNode),
    commands(one.otherNode),
  ])
  const appendRows = appends.map((one) => [
    one.program,
    ...[one.one, one.two, one.ratio].map(({ median }) => short(median)),
    `${short(one.inserts.one)} / ${short(one.inserts.two)}`,
    `${short(one.collisions.one)} / ${short(one.collisions.two)}`,
    `${one.retries}`,
  ])
  return [
    alignColumns([heading, ...rows]),
    ...(read
      ? [
          `A read of one entry costs ${short(read.oneEntryUs)} µs of CPU, of sixteen ${short(read.sixteenEntriesUs)}.`,
        ]
      : []),
    ...(unconcerned
      ? [
          `Redis takes ${short(unconcerned.redis.usEach)} µs to hand one hint to one node.` +
            ` A node without members of a room takes ${short(unconcerned.hintUs)} µs for the hint of each message there,` +
            ` and ${short(unconcerned.idleMsPerSecond)} ms a second for nothing.`,
        ]
      : []),
    alignColumns([
      [
        'a message of',
        'side',
        'publishes',
        'Redis bytes in / out',
        'sender’s node asks MongoDB',
        'other node',
      ],
      ...askedRows,
    ]),
    alignColumns([
      ['appends by', 'one/s', 'two/s', 'two ÷ one', 'inserts a message', 'refused', 'sent again'],
      ...appendRows,
    ]),
  ].join('\n\n')
}
