import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import type { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { warmUp } from '../bench/cells.ts'
import { bareProgram, Contestant, type Program } from '../bench/servers.ts'

/** Who takes part: our server and a bare one, each on one node and on two. */
export const sideKeys = ['ours-2', 'ours-1', 'bare-2', 'bare-1'] as const
export type SideKey = (typeof sideKeys)[number]

/** What the nodes of a side share. */
export interface Machinery {
  readonly mongo: MongoProcess
  readonly redis: RedisProcess
  readonly ours: Program
}

/** Some nodes that serve the same rooms. */
export interface Side {
  readonly key: string
  readonly nodes: readonly Contestant[]
}

const bareNode: Program = {
  name: 'bare',
  args: [fileURLToPath(new URL('./bare-node.mjs', import.meta.url))],
}

/** The address of a new database. */
export function newDatabase({ mongo }: Machinery): string {
  return mongo.url.replace('/?', `/nodes-${randomUUID().slice(0, 8)}?`)
}

/** Starts nodes of ours on one database, one for each address by which they reach it. A node alone has no Redis. */
export async function startOurs(
  key: string,
  program: Program,
  uris: readonly string[],
  redis: RedisProcess | undefined,
): Promise<Side> {
  const nodes: Contestant[] = []
  for (const MONGODB_URI of uris) {
    const env = { MONGODB_URI, ...(redis && { REDIS_URL: redis.url }) }
    nodes.push(await Contestant.start({ key, kind: 'memory', program, env }))
  }
  return { key, nodes }
}

/** Starts bare nodes that share their rooms over Redis. */
export async function startBare(key: string, redis: RedisProcess, count: number): Promise<Side> {
  const nodes: Contestant[] = []
  const env = { REDIS_URL: redis.url }
  for (let n = 0; n < count; n += 1) {
    nodes.push(await Contestant.start({ key, kind: 'bare', program: bareNode, env }))
  }
  return { key, nodes }
}

async function startSide(key: SideKey, machinery: Machinery): Promise<Side> {
  const { redis, ours } = machinery
  const uri = newDatabase(machinery)
  if (key === 'ours-2') return startOurs(key, ours, [uri, uri], redis)
  if (key === 'ours-1') return startOurs(key, ours, [uri], undefined)
  if (key === 'bare-2') return startBare(key, redis, 2)
  return { key, nodes: [await Contestant.start({ key, kind: 'bare', program: bareProgram })] }
}

/** Starts and warms up all sides. */
export async function startSides(
  machinery: Machinery,
  warm: { readonly connections: number; readonly rooms: number },
): Promise<Side[]> {
  const sides: Side[] = []
  for (const key of sideKeys) sides.push(await startSide(key, machinery))
  for (const { nodes } of sides) for (const node of nodes) await warmUp(node, warm)
  return sides
}

export async function stopSides(sides: readonly Side[]): Promise<void> {
  for (const { nodes } of sides) for (const node of nodes) await node.stop()
}
