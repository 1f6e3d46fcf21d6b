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

function commandsOf(of: Readonly<Record<string, number>>): string {
  const named = Object.entries(of).map(([name, n]) => `${name} ${short(n)}`)
  return named.join(', ') || '–'
}

function roomsTable({ rooms, calm }: Figures): string {
  const all = [...rooms, ...(calm ? [calm] : [])]
  return alignColumns([heading, ...all.flatMap(({ shape, sides }) => sides.map((one) => row(shape.id, one)))])
}

function askedTable({ asked }: Figures): string {
  const rows = asked.map((one) => [
    one.of,
    titles[one.side] ?? one.side,
    short(one.publishes),
    `${short(one.redisBytesIn)} / ${short(one.redisBytesOut)}`,
    commandsOf(one.sendersNode),
    commandsOf(one.otherNode),
  ])
  const named = ['a message of', 'side', 'publishes', 'Redis bytes in / out', 'sender’s node asks MongoDB']
  return alignColumns([[...named, 'other node'], ...rows])
}

function appendsTable({ appends }: Figures): string {
  const rows = appends.map((one) => [
    one.program,
    ...[one.one, one.two, one.ratio].map(({ median }) => short(median)),
    `${short(one.inserts.one)} / ${short(one.inserts.two)}`,
    `${short(one.collisions.one)} / ${short(one.collisions.two)}`,
    `${one.retries}`,
  ])
  const named = ['appends by', 'one/s', 'two/s', 'two ÷ one', 'inserts a message', 'refused', 'sent again']
  return alignColumns([named, ...rows])
}

function singles({ read, unconcerned }: Figures): string[] {
  const lines: string[] = []
  if (read) {
    const [one, sixteen] = [short(read.oneEntryUs), short(read.sixteenEntriesUs)]
    lines.push(`A read of one entry costs ${one} µs of CPU, of sixteen ${sixteen}.`)
  }
  if (unconcerned) {
    const [hint, idle, each] = [unconcerned.hintUs, unconcerned.idleMsPerSecond, unconcerned.redis.usEach]
    lines.push(`A node without members of a room takes ${short(hint)} µs for the hint of each message there.`)
    lines.push(
      `It takes ${short(idle)} ms a second for nothing. Redis hands a hint to a node in ${short(each)} µs.`,
    )
  }
  return lines
}

/** The figures as people read them in a terminal. */
export function describe(figures: Figures): string {
  const tables = [
    roomsTable(figures),
    singles(figures).join('\n'),
    askedTable(figures),
    appendsTable(figures),
  ]
  return tables.join('\n\n')
}
