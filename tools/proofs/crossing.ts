import { MongoProcess } from '../../packages/server/tests/support/mongo-process.ts'
import { RedisProcess } from '../../packages/server/tests/support/redis-process.ts'
import { closeOnBoth, createAtOnce, createOneByOne, idleUse } from './crossing/measure.ts'
import { openPlace, type Place } from './crossing/two-servers.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/crossing*',
  ':!**/*.test.ts',
]

const sizes = { full: { tickets: 200, single: 40, idleS: 10 }, quick: { tickets: 40, single: 5, idleS: 2 } }
/** What is changed at one server is known at the others within this. */
const mostLagMs = 2_000

/**
 * Tickets of two servers on one MongoDB: 200 that both create at once, closed at both at once; what it costs the one who asks
 * that the other server learns of it; and how long that takes with Redis and without.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const size = isQuick ? sizes.quick : sizes.full
  const mongo = await MongoProcess.start()
  const redis = await RedisProcess.start()
  let places = 0
  async function withPlace<T>(isShared: boolean, use: (place: Place) => Promise<T>): Promise<T> {
    places += 1
    const url = new URL(mongo.url)
    url.pathname = `/crossing-${places}`
    const place = await openPlace({ url: url.href, redisUrl: redis.url, isShared, managers: 3 })
    try {
      return await use(place)
    } finally {
      await place.close()
    }
  }
  try {
    const unshared = await withPlace(false, async (place) => ({
      atOnce: await createAtOnce(place, size.tickets),
      oneByOne: await createOneByOne(place, size.single, false),
    }))
    const shared = await withPlace(true, async (place) => {
      const atOnce = await createAtOnce(place, size.tickets)
      const closed = await closeOnBoth(place, size.tickets / 5)
      const oneByOne = await createOneByOne(place, size.single, true)
      const idle = await idleUse(place, size.idleS)
      await redis.kill()
      const withoutRedis = await createOneByOne(place, size.single, true)
      return {
        atOnce,
        closed,
        oneByOne,
        idle,
        withoutRedis,
        idleWithoutRedis: await idleUse(place, size.idleS),
      }
    })
    const problems = problemsOf(shared, size.tickets)
    console.dir({ unshared, shared }, { depth: 5 })
    for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
    if (problems.length > 0) process.exitCode = 1
    return { quick: isQuick, mongo: mongo.isStandIn ? 'stand-in' : 'mongod', unshared, shared, problems }
  } finally {
    await redis.kill()
    await mongo.remove()
  }
}

interface Shared {
  readonly atOnce: Awaited<ReturnType<typeof createAtOnce>>
  readonly closed: Awaited<ReturnType<typeof closeOnBoth>>
  readonly withoutRedis: Awaited<ReturnType<typeof createOneByOne>>
}

function problemsOf({ atOnce: { loads, counts }, closed, withoutRedis }: Shared, tickets: number): string[] {
  const problems: string[] = []
  const sum = loads.reduce((all, one) => all + one, 0)
  if (sum !== tickets) problems.push(`${sum} of ${tickets} tickets are with somebody`)
  if (Math.max(...loads) - Math.min(...loads) > 1) problems.push(`The spread is ${loads.join('/')}`)
  if (counts.join() !== loads.join()) problems.push(`Counts ${counts.join()} of ${loads.join()}`)
  if (closed.once !== closed.tickets) problems.push(`${closed.tickets} tickets, ${closed.once} closed once`)
  const most = withoutRedis.otherServerMs?.most ?? Number.POSITIVE_INFINITY
  if (most > mostLagMs) problems.push(`Without Redis the other server needed ${most} ms`)
  return problems
}
