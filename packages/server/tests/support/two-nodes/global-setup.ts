import type { TestProject } from 'vitest/node'
import { MongoProcess } from '../mongo-process.ts'
import { RedisProcess } from '../redis-process.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the database and the Redis of all two-node tests are. */
    twoNodes: { readonly mongo: string; readonly redis: string }
  }
}

/** Starts one MongoDB and one Redis for all tests on two servers. */
export default async function startBoth(project: TestProject): Promise<() => Promise<void>> {
  const [mongo, redis] = await Promise.all([
    MongoProcess.start({ isHasty: true, isLong: true }),
    RedisProcess.start(),
  ])
  project.provide('twoNodes', { mongo: mongo.url, redis: redis.url })
  return async () => {
    await Promise.all([mongo.remove(), redis.kill()])
  }
}
