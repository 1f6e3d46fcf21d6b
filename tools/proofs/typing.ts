import { setTimeout as pause } from 'node:timers/promises'
import { Flooder } from './typing/flooder.ts'
import { cpuMsOf, falseEnds, killedAfter, type Lags, lagsOf, summed } from './typing/measure.ts'
import { identity, openScene, type Scene } from './typing/scene.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/typing*',
  ':!**/*.test.ts',
]

const sizes = {
  full: { rounds: 6, seconds: 8, typists: 60, movers: 20, perSecond: 20, moves: 10, kills: 5, people: 100 },
  quick: { rounds: 2, seconds: 3, typists: 20, movers: 5, perSecond: 10, moves: 10, kills: 1, people: 20 },
}
type Size = (typeof sizes)['full']

/** A flood may delay a message by so much, and a killed server's people are shown as gone within so long. */
const mostDelayMs = 50
const mostGoneMs = 5_000
const room = 'lobby'

interface Floods {
  readonly quiet: Lags
  readonly flooded: Lags
  readonly delays: { readonly half: number; readonly most99: number }
  /** What both servers used of the cores, in as many seconds of each. */
  readonly cpuMs: { readonly quiet: number; readonly flooded: number }
  readonly lost: number
  readonly sent: { readonly typing: number; readonly settings: number; readonly comings: number }
  readonly falseEnds: number
  readonly stored: Readonly<Record<string, number>>
  readonly messages: number
}

/**
 * Floods of typing and presence on two servers on one MongoDB: what they delay messages by, in rounds with and without, and
 * what of them is stored; whether anybody who stays is said to be gone meanwhile; and how long the people of a server that is
 * killed are shown.
 */
export async function prove() {
  const quick = process.argv.includes('--quick')
  const size: Size = quick ? sizes.quick : sizes.full
  const scene = await openScene()
  try {
    const floods = await flooded(scene, size)
    const killedMs: number[] = []
    for (let n = 0; n < size.kills; n++) killedMs.push(await killedAfter(scene, size.people))
    const problems = problemsOf(floods, killedMs)
    console.dir({ floods, killedMs }, { depth: 4 })
    for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
    if (problems.length > 0) process.exitCode = 1
    return { quick, mongo: scene.isStandIn ? 'stand-in' : 'mongod', size, floods, killedMs, problems }
  } finally {
    await scene.close()
  }
}

async function flooded(scene: Scene, size: Size): Promise<Floods> {
  const [east, west] = scene.servers
  const sender = await scene.connect(east, 'sender')
  const readers = [await scene.connect(east, 'reader 0'), await scene.connect(west, 'reader 1')]
  for (const one of [sender, ...readers]) await one.request('join', { room })
  const flood = await Flooder.open({
    urls: [east.url, west.url],
    ...{ identity, rooms: [room], seed: 1, ...size },
  })
  const staying = Array.from({ length: size.typists }, (_, at) => `flooder ${at}`)
  const ends = readers.map((reader) => falseEnds(reader, staying))
  for (const reader of readers) {
    await reader.request('get_presence', { user_ids: staying.slice(0, 100) })
    await reader.request('get_room_presence', { room })
  }
  // The rows of those who have connected are written behind.
  await pause(3_000)
  const before = await scene.counts()
  const cpuMs = { quiet: 0, flooded: 0 }
  const used = () => cpuMsOf(scene.servers.map(({ pid }) => pid))
  const quiet: number[] = []
  const loud: number[] = []
  let [messages, lost] = [0, 0]
  for (let round = 0; round < size.rounds; round++)
    for (const lags of [quiet, loud]) {
      const from = used()
      if (lags === loud) await flood.order('start')
      const one = await lagsOf(sender, readers, room, size.seconds)
      await flood.order('pause')
      lags.push(...one.lags)
      messages += one.sent
      lost += one.lost
      cpuMs[lags === loud ? 'flooded' : 'quiet'] += used() - from
    }
  const after = await scene.counts()
  flood.close()
  const stored = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
  const [q, f] = [summed(quiet), summed(loud)]
  const falsely = ends.reduce((sum, count) => sum + count(), 0)
  return {
    ...{ quiet: q, flooded: f, cpuMs, lost, messages, sent: flood.flooded, falseEnds: falsely },
    delays: { half: f.half - q.half, most99: f.most99 - q.most99 },
    stored: Object.fromEntries(stored.filter(([, count]) => count !== 0)),
  }
}

function problemsOf(
  { delays, lost, falseEnds, stored, messages }: Floods,
  killedMs: readonly number[],
): string[] {
  const problems: string[] = []
  if (lost > 0) problems.push(`${lost} messages were not heard`)
  if (delays.most99 > mostDelayMs) problems.push(`A flood delayed messages by ${delays.most99} ms`)
  if (falseEnds > 0) problems.push(`${falseEnds} times somebody who stayed was said to be gone`)
  if (stored.entries !== messages) problems.push(`${messages} messages, ${stored.entries} entries more`)
  const others = Object.keys(stored).filter((name) => name !== 'entries')
  if (others.length > 0) problems.push(`A flood left rows in ${others.join(', ')}`)
  const late = killedMs.filter((ms) => ms > mostGoneMs)
  if (late.length > 0) problems.push(`The people of a killed server were shown for ${late.join(', ')} ms`)
  return problems
}
