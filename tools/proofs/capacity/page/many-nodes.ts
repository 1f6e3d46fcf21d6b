import { short } from '../../bench/results.ts'
import { titles } from '../../nodes/tables.ts'
import { type AllEvidence, notRun, sourceOf, table } from './evidence.ts'

const command = 'pnpm prove nodes'

/** What a shape is called: `20x16` is a room of twenty, sixteen in flight. */
function titleOf(shape: string): string {
  if (shape === 'calm') return '20 members, one message now and then'
  const [, members, inFlight] = /^(\d+)x(\d+)$/.exec(shape) ?? []
  return members === undefined ? shape : `${members} members, ${inFlight} in flight`
}

function rooms({ nodes }: AllEvidence): string {
  if (!nodes) return notRun(command)
  const ms = (of: { readonly p50: number; readonly p99: number } | null) =>
    of ? `${short(of.p50)} / ${short(of.p99)}` : '–'
  const rows = [...nodes.figures.rooms, ...(nodes.figures.calm ? [nodes.figures.calm] : [])].flatMap(
    ({ shape, sides }) =>
      sides.map((one) => [
        titleOf(shape.pauseMs === undefined ? shape.id : 'calm'),
        titles[one.side] ?? one.side,
        short(one.cpuUs.median),
        one.nodesUs.map(short).join(' + '),
        short(one.ofBare.median),
        short(one.ofOneNode.median),
        ms(one.hereMs),
        ms(one.thereMs),
      ]),
  )
  const heading = [
    ...['room', 'servers', 'µs of CPU a delivery', 'by node', '÷ bare', '÷ one node'],
    ...['same node, p50 / p99 ms', 'other node, p50 / p99 ms'],
  ]
  return `${table([heading, ...rows])}\n\n${sourceOf(nodes)}`
}

function asked({ nodes }: AllEvidence): string {
  if (!nodes) return notRun(command)
  const commands = (of: Readonly<Record<string, number>>) =>
    Object.entries(of)
      .map(([name, n]) => `${name} ${short(n)}`)
      .join(', ') || '–'
  const rows = nodes.figures.asked.map((one) => [
    titleOf(one.of),
    titles[one.side] ?? one.side,
    short(one.publishes),
    short(one.redisBytesIn),
    commands(one.sendersNode),
    commands(one.otherNode),
  ])
  const heading = ['a message of', 'servers', 'publishes', 'bytes to Redis']
  return table([[...heading, 'MongoDB, by the sender’s node', 'by the other node'], ...rows])
}

function reading({ nodes }: AllEvidence): string {
  if (!nodes?.figures.read || !nodes.figures.unconcerned) return ''
  const { read, unconcerned } = nodes.figures
  return `To read one entry costs ${Math.round(read.oneEntryUs)} µs of CPU on the other node, to read sixteen together ${Math.round(read.sixteenEntriesUs)}. That is what
our other node pays more than bare's, which gets the message itself over Redis and can lose it. A node that has none of a room's
members pays ${short(unconcerned.hintUs)} µs for the hint of a message there, and ${short(unconcerned.idleMsPerSecond)} ms a second for being one of several.`
}

function appends({ nodes }: AllEvidence): string {
  if (!nodes) return notRun(command)
  const rows = nodes.figures.appends.map((one) => [
    one.program === 'ours' ? 'this version' : one.program,
    ...[one.one, one.two].map(({ median }) => Math.round(median).toLocaleString('en')),
    `${short(one.ratio.median)} (${short(one.ratio.min)}–${short(one.ratio.max)})`,
    short(one.collisions.two),
    `${one.retries}`,
  ])
  const heading = ['', 'one node, messages/s', 'two nodes', 'two ÷ one', 'collisions a message', 'sent again']
  return table([heading, ...rows])
}

/** The part about several nodes. */
export function manyNodesPart(evidence: AllEvidence): string {
  return `## How cost grows
**With members.** A message is stored and encoded once, and written once to each member. The more members, the less each delivery
costs, down to the price of a write to a socket.

**With rooms.** Rooms cost memory while sockets are in them, and a bounded rest afterwards. No request costs more because there are
many rooms, tickets or users.

**With nodes.** Half of the members are on each of two nodes, and somebody on the first one writes. MongoDB's CPU is not counted; its
stand-in, our nodes and Redis share two cores with the load, so the milliseconds are worth their ratio only.

${rooms(evidence)}

${reading(evidence)}

What Redis and MongoDB are asked:

${asked(evidence)}

**Two nodes that write to one room**, 64 messages in flight: they race for the room's next places in the store.

${appends(evidence)}

A busy room is fastest on one node. Send the people of one room to the same node if your proxy can; nothing depends on it.
`
}
