import { wait } from '../bench/cpu.ts'
import { redisCounts } from './redis-counts.ts'
import { type Machinery, newDatabase, type Side, startBare, startOurs, stopSides } from './sides.ts'
import { type Shape, SpreadRoom } from './spread-room.ts'
import { type CountingWay, countingWay } from './wire-counts.ts'

/** Users' rows are written behind their connections. */
const settleMs = 2_000

type Commands = Readonly<Record<string, number>>

/** What a message costs beside the servers; for `idle`, what a second costs. */
export interface AskedFigures {
  readonly side: 'ours-2' | 'bare-2'
  readonly of: string
  readonly publishes: number
  readonly redisBytesIn: number
  readonly redisBytesOut: number
  /** Commands to MongoDB of the sender's node and of the other one. */
  readonly sendersNode: Commands
  readonly otherNode: Commands
}

/** Counts what Redis and MongoDB are asked a message, and while nobody does anything. */
export async function countAsked(
  machinery: Machinery,
  shapes: readonly Shape[],
  idleSeconds: number,
): Promise<AskedFigures[]> {
  const uri = newDatabase(machinery)
  const ways = [await countingWay(uri), await countingWay(uri)]
  const ours = await startOurs(
    'ours-2',
    machinery.ours,
    ways.map(({ url }) => url),
    machinery.redis,
  )
  const figures = await countSide('ours-2', ours, ways, machinery, shapes, idleSeconds)
  await stopSides([ours])
  for (const way of ways) way.close()
  const bare = await startBare('bare-2', machinery.redis, 2)
  figures.push(...(await countSide('bare-2', bare, [], machinery, shapes, idleSeconds)))
  await stopSides([bare])
  return figures
}

async function countSide(
  key: AskedFigures['side'],
  side: Side,
  ways: readonly CountingWay[],
  { redis }: Machinery,
  shapes: readonly Shape[],
  idleSeconds: number,
): Promise<AskedFigures[]> {
  const count = async (of: string, units: number, work: () => Promise<unknown>): Promise<AskedFigures> => {
    const [before, waysBefore] = [await redisCounts(redis.url), ways.map((way) => way.counts())]
    await work()
    const after = await redisCounts(redis.url)
    const commands = ways.map((way, at) => perUnit(way.counts(), waysBefore[at] ?? {}, units))
    return {
      side: key,
      of,
      publishes: rounded((after.publishes - before.publishes) / units),
      redisBytesIn: rounded((after.bytesIn - before.bytesIn) / units),
      redisBytesOut: rounded((after.bytesOut - before.bytesOut) / units),
      sendersNode: commands[0] ?? {},
      otherNode: commands[1] ?? {},
    }
  }

  const figures: AskedFigures[] = []
  for (const shape of shapes) {
    const room = await SpreadRoom.open(side, shape)
    await room.play(redis.pid)
    await wait(settleMs)
    figures.push(await count(shape.id, shape.messages, () => room.play(redis.pid)))
    room.close()
  }
  figures.push(await count('idle, a second', idleSeconds, () => wait(1_000 * idleSeconds)))
  return figures
}

function perUnit(after: Commands, before: Commands, units: number): Commands {
  const each = Object.entries(after).map(([name, n]) => [name, rounded((n - (before[name] ?? 0)) / units)])
  return Object.fromEntries(each.filter(([, n]) => n !== 0))
}

function rounded(value: number): number {
  return Math.round(1_000 * value) / 1_000
}
