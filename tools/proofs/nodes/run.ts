import { rmSync } from 'node:fs'
import { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { stayAwake } from '../bench/cpu.ts'
import { type Program, scratch } from '../bench/servers.ts'
import { type AppendFigures, measureAppends } from './appends.ts'
import { type AskedFigures, countAsked } from './counts.ts'
import { measureReads, type ReadCost } from './read-cost.ts'
import type { Sizes } from './shapes.ts'
import { type Machinery, type Side, type SideKey, startSides, stopSides } from './sides.ts'
import { figuresOf, type Round, type ShapeFigures } from './spread-figures.ts'
import { type Shape, SpreadRoom, type SpreadSample } from './spread-room.ts'
import { measureUnconcerned, type UnconcernedCost } from './unconcerned.ts'

export interface Figures {
  readonly mongo: 'stand-in' | 'mongod'
  readonly rooms: readonly ShapeFigures[]
  readonly calm: ShapeFigures | null
  readonly read: ReadCost | null
  readonly unconcerned: UnconcernedCost | null
  readonly asked: readonly AskedFigures[]
  readonly appends: readonly AppendFigures[]
}

const allParts = ['read', 'rooms', 'unconcerned', 'asked', 'appends'] as const
export type Part = (typeof allParts)[number]

export interface Older {
  readonly program: Program
  /** Whether it takes REDIS_URL. */
  readonly hasRedis: boolean
}

export interface RunOptions {
  readonly size: Sizes
  readonly ours: Program
  /** An older program, whose appends are measured beside ours. */
  readonly older?: Older | undefined
  /** What is measured; all of it by default. */
  readonly parts?: readonly Part[]
  readonly say?: (text: string) => void
}

/** Measures rooms over two nodes, beside one node and beside bare socket.io on one and two. */
export async function runNodes(options: RunOptions): Promise<Figures> {
  const mongo = await MongoProcess.start({ isLong: true })
  const redis = await RedisProcess.start()
  try {
    const measured = await measureAll({ mongo, redis, ours: options.ours }, options)
    return { mongo: mongo.isStandIn ? 'stand-in' : 'mongod', ...measured }
  } finally {
    await redis.kill()
    await mongo.remove()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measureAll(
  machinery: Machinery,
  { size, ours, older, parts = allParts, say = () => {} }: RunOptions,
): Promise<Omit<Figures, 'mongo'>> {
  const has = (part: Part, what: string): boolean => {
    if (parts.includes(part)) say(what)
    return parts.includes(part)
  }
  const programs = [{ program: ours, hasRedis: true }, ...(older ? [older] : [])]
  return {
    read: has('read', 'what reading costs') ? await measureReads(machinery, size.reads) : null,
    ...(has('rooms', 'rooms') ? await playAll(machinery, size, say) : { rooms: [], calm: null }),
    unconcerned: has('unconcerned', 'a node that nobody speaks on')
      ? await measureUnconcerned(machinery, size.hints)
      : null,
    asked: has('asked', 'what Redis and MongoDB are asked')
      ? await countAsked(machinery, size.shapes, size.idleSeconds)
      : [],
    appends: has('appends', 'appends from two nodes')
      ? await measureAppends(programs, machinery, size.appends)
      : [],
  }
}

async function playAll(
  machinery: Machinery,
  size: Sizes,
  say: (text: string) => void,
): Promise<Pick<Figures, 'rooms' | 'calm'>> {
  const sides = await startSides(machinery, size.warm)
  const { pid } = machinery.redis
  const rooms: ShapeFigures[] = []
  for (const shape of size.shapes) {
    say(`room ${shape.id}`)
    const sleep = stayAwake()
    rooms.push(figuresOf(shape, await playRounds(sides, shape, size.rounds, pid)))
    sleep()
  }
  say('a calm room')
  const calm = figuresOf(size.calm, await playRounds(sides, size.calm, size.calmRounds, pid))
  await stopSides(sides)
  return { rooms, calm }
}

/** Plays one room on all sides in turn, another one first in each round; the first round only warms up. */
async function playRounds(
  sides: readonly Side[],
  shape: Shape,
  rounds: number,
  redisPid: number,
): Promise<Round[]> {
  const rooms: { key: SideKey; room: SpreadRoom }[] = []
  for (const side of sides) {
    rooms.push({ key: side.key as SideKey, room: await SpreadRoom.open(side, shape) })
  }
  const played: Round[] = []
  for (let number = 0; number <= rounds; number += 1) {
    const first = number % rooms.length
    const samples: Partial<Record<SideKey, SpreadSample>> = {}
    for (const { key, room } of [...rooms.slice(first), ...rooms.slice(0, first)]) {
      samples[key] = await room.play(redisPid)
    }
    if (number > 0) played.push(samples as Round)
  }
  for (const { room } of rooms) room.close()
  return played
}
