import { cpuBetween, cpuByThread, wait } from '../bench/cpu.ts'
import { measureRedis, type RedisFanOut } from './redis-fan-out.ts'
import { type Machinery, newDatabase, startOurs, stopSides } from './sides.ts'
import { SpreadRoom } from './spread-room.ts'

/** What the messages of others cost a node that has none of their members. */
export interface UnconcernedCost {
  /** CPU of the node in microseconds a message, for the hint of each; what it takes without messages is taken off. */
  readonly hintUs: number
  /** CPU of a node without clients, in milliseconds a second: beats, and looking at the store. */
  readonly idleMsPerSecond: number
  readonly redis: RedisFanOut
}

/** Lets a room whose members are all on one node speak, and looks at the other node. */
export async function measureUnconcerned(machinery: Machinery, messages: number): Promise<UnconcernedCost> {
  const uri = newDatabase(machinery)
  const { key, nodes } = await startOurs('unconcerned', machinery.ours, [uri, uri], machinery.redis)
  const [busy, other] = nodes
  if (!busy || !other) throw new Error('There are two nodes')
  const room = await SpreadRoom.open(
    { key, nodes: [busy] },
    { id: 'elsewhere', members: 2, inFlight: 1, messages },
  )
  const cpuOf = async (work: () => Promise<unknown>): Promise<{ ms: number; seconds: number }> => {
    const [before, start] = [cpuByThread(other.pid), performance.now()]
    await work()
    const { all } = cpuBetween(other.pid, before, cpuByThread(other.pid))
    return { ms: all / 1_000_000, seconds: (performance.now() - start) / 1_000 }
  }
  await room.play(machinery.redis.pid)
  const spoken = await cpuOf(() => room.play(machinery.redis.pid))
  const silent = await cpuOf(() => wait(1_000 * Math.max(1, spoken.seconds)))
  room.close()
  await stopSides([{ key, nodes }])
  const idleMsPerSecond = silent.ms / silent.seconds
  return {
    hintUs: (1_000 * (spoken.ms - idleMsPerSecond * spoken.seconds)) / messages,
    idleMsPerSecond,
    redis: await measureRedis(machinery.redis, 10 * messages),
  }
}
