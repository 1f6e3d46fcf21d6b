import { short } from '../../bench/results.ts'
import type { ReadCost } from '../../nodes/read-cost.ts'
import type { SideFigures } from '../../nodes/spread-figures.ts'
import type { UnconcernedCost } from '../../nodes/unconcerned.ts'
import type { Held } from '../one-node.ts'
import { type AllEvidence, notRun, table } from './evidence.ts'

const million = 1_000_000
/** What one node is given, below what it could hold: room for reconnects, and for a node that fails. */
const eachNode = 25_000
/** A calm crowd: each person writes once in five minutes, in rooms of twenty. */
const secondsBetween = 300
const members = 20

interface Needs {
  readonly nodes: number
  readonly messages: number
  readonly deliveries: number
}

const needs: Needs = {
  nodes: million / eachNode,
  messages: million / secondsBetween,
  deliveries: (million / secondsBetween) * members,
}

function round(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString('en') : short(value)
}

interface Row {
  readonly what: string
  readonly all: string
  readonly each: string
  /** CPU of one node, in cores. */
  readonly cores?: number
}

function cores(what: string, aSecond: string, all: number): Row {
  const ofEach = all / needs.nodes
  return { what, all: `${aSecond}${round(all)} cores`, each: `${short(ofEach)} of a core`, cores: ofEach }
}

function connectionRows({ residentKiB, idleMsPer1000, openCpuUs }: Held): Row[] {
  const gib = (million * residentKiB) / 2 ** 20
  const eachTakes = eachNode / (needs.nodes - 1)
  const back = `${round(eachTakes)} people come over: ${short((eachTakes * openCpuUs) / 1_000_000)} s of a core, ${short(eachTakes / 200)} s at 200 a second`
  return [
    { what: 'memory of connections', all: `${round(gib)} GiB`, each: `${short(gib / needs.nodes)} GiB` },
    cores('CPU of idle connections', '', (idleMsPer1000 * (million / 1_000)) / 1_000),
    { what: 'a node dies', all: `${eachNode.toLocaleString('en')} people`, each: back },
  ]
}

function messageRows(two: SideFigures, read: ReadCost, { hintUs, redis }: UnconcernedCost): Row[] {
  const { messages, deliveries } = needs
  const reads = messages * (members - 1)
  // The sender's node delivers to half of the members there, without a read.
  const deliveryCores = (deliveries * 2 * (two.nodesUs[0] ?? 0)) / 1_000_000
  const hinted = messages * needs.nodes
  const hintCores = (messages * hintUs) / 1_000_000
  const redisShare = short((hinted * redis.usEach) / 1_000_000)
  return [
    cores('deliveries', `${round(deliveries)} a second: `, deliveryCores),
    cores('reads by other nodes', `${round(reads)} a second: `, (reads * read.oneEntryUs) / 1_000_000),
    {
      what: 'hints of all nodes',
      all: `${round(hinted)} a second: ${redisShare} of Redis’s one core`,
      each: `${short(hintCores)} of a core`,
      cores: hintCores,
    },
    {
      what: 'appends in MongoDB',
      all: `${round(messages)} a second`,
      each: `${round(messages / needs.nodes)} a second`,
    },
  ]
}

function rowsOf({ capacity, nodes }: AllEvidence): Row[] | null {
  const held = capacity?.figures.nodes.find(({ of }) => of === 'ours')?.held.at(-1)
  const spread = nodes?.figures.rooms.find(({ shape }) => shape.id === '20x1')
  const two = spread?.sides.find(({ side }) => side === 'ours-2')
  const { read, unconcerned } = nodes?.figures ?? {}
  if (!held || !two || !read || !unconcerned) return null
  return [...connectionRows(held), ...messageRows(two, read, unconcerned)]
}

function estimate(rows: readonly Row[] | null): string {
  if (!rows) return notRun('pnpm prove capacity 25000` and `pnpm prove nodes')
  const lines = rows.map(({ what, all, each }) => [what, all, each])
  return table([['what', `all ${needs.nodes} nodes`, 'each node'], ...lines])
}

/** What takes most of a node's CPU, from most to least. */
function firstLimits(rows: readonly Row[] | null): string {
  const costly = (rows ?? []).filter(({ cores }) => cores !== undefined)
  const names = costly.toSorted((a, b) => (b.cores ?? 0) - (a.cores ?? 0)).map(({ what }) => what)
  return names.length === 0
    ? ''
    : `By these figures a node's CPU goes, from most to least, to ${names.join(', ')}. `
}

/** The part about a million connections. */
export function millionPart(evidence: AllEvidence): string {
  const rows = rowsOf(evidence)
  return `## The way to a million connections
Nobody has run this. It is arithmetic with the figures above: a million people, of whom each writes once in five minutes in a
room of twenty, on ${needs.nodes} nodes of ${eachNode.toLocaleString('en')} connections. They are spread at random, which is the worst case: a room's twenty members are
on nearly twenty nodes.

${estimate(rows)}

**What is sharded by what.** *Connections* by node: any node takes anybody, nothing is kept on it that must survive. *Rooms, tickets
and their entries* by MongoDB's shard keys, which begin with the workspace and the stream; a stream lives on one shard, so one
room is never faster than one primary. *Calls* by node: the node that made a call owns it. *The Redis channel* by nothing: every node
hears every hint, and a hint says only which streams have grown.

**Which limit comes first.** ${firstLimits(rows)}Reads are what spreading people at random costs: a message is read once by each other node
that has a member of its room, so their number grows with nodes until each member is on a node of its own. They fall to nearly nothing
where the load balancer sends people by workspace: do that first. The same reads are MongoDB's load, range reads of an index, which
shards divide. Connections come last: they are memory, and more nodes have more.

**When to shard the channel.** Hints cost each node the cluster's messages a second, times the price of a hint; Redis pays that
once for each node. While both are below a tenth of a core there is nothing to gain. Beyond it give groups of workspaces a Redis
and nodes of their own: a workspace needs no other workspace's hints, and everything that is stored is already kept by workspace.
A channel for each group of streams, of which a node subscribes only to those that it follows, would be the next step. It is not built.

**What this leaves out.** Deploys: forty nodes restarted one after the other, each as long as its people take to come back. The
balancer, TLS, and the network between. A room of 100,000, which is one stream and so one append queue, but 100,000 writes to
sockets for each message. Presence and calls. Measure with your own people before you believe any of it.
`
}
