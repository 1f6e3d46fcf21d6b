import type { RawSocket } from './raw-socket.ts'
import { bareProgram, Contestant, type Program } from './servers.ts'
import { type Spread, spread } from './statistics.ts'

export interface MemoryLine {
  readonly of: 'resident' | 'heap'
  readonly oursKiB: Spread
  readonly bareKiB: Spread
  readonly ratio: Spread
}

const roomMembers = 20
const settlers = 200

export type IdleMemory = Record<MemoryLine['of'], number>

/** KiB that each idle connection in a room adds, measured in a process of its own after some other connections. */
export async function measureIdle(program: Program, count: number): Promise<IdleMemory> {
  const server = await Contestant.start({
    key: 'idle',
    kind: program === bareProgram ? 'bare' : 'memory',
    program,
  })
  const sockets: RawSocket[] = []
  const room = (n: number) => `idle-${Math.floor(n / roomMembers)}`
  for (let n = 0; n < settlers; n += 1) (await server.join(n, room(n))).close()
  const before = await server.memory()
  for (let n = 0; n < count; n += 1) sockets.push(await server.join(n, room(n)))
  const after = await server.memory()
  for (const socket of sockets) socket.close()
  await server.stop()
  const held = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external
  const each = (bytes: number) => bytes / 1_024 / count
  return { resident: each(after.rss - before.rss), heap: each(held(after) - held(before)) }
}

export async function measureMemory(size: { rounds: number; connections: number; ours: Program }) {
  const rounds: { ours: IdleMemory; bare: IdleMemory }[] = []
  for (let n = 0; n < size.rounds; n += 1) {
    const bare = await measureIdle(bareProgram, size.connections)
    rounds.push({ bare, ours: await measureIdle(size.ours, size.connections) })
  }
  return (['resident', 'heap'] as const).map(
    (of): MemoryLine => ({
      of,
      oursKiB: spread(rounds.map(({ ours }) => ours[of])),
      bareKiB: spread(rounds.map(({ bare }) => bare[of])),
      ratio: spread(rounds.map(({ ours, bare }) => ours[of] / bare[of])),
    }),
  )
}
