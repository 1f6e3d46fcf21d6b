import { createHmac } from 'node:crypto'
import { StartError } from '../errors.ts'
import type { Bus } from '../nodes/bus.ts'
import { databaseNameIn } from '../stores/mongo/database-name.ts'

interface BusPlace {
  readonly redisUrl: string | undefined
  readonly mongodbUri: string | undefined
  readonly keyPepper: string | undefined
}

/** What servers speak to each other by; undefined without a Redis. */
export async function openBus({ redisUrl, ...shared }: BusPlace): Promise<Bus | undefined> {
  if (redisUrl === undefined) return undefined
  const { redisBus } = await importRedis()
  return redisBus({ url: redisUrl, channel: channelOf(shared) })
}

/**
 * The servers of one database share it, and others on the same Redis have another. It is made with the pepper, and does not
 * show it: whoever may use the Redis sees the names of channels.
 */
export function channelOf({ mongodbUri = '', keyPepper = '' }: Omit<BusPlace, 'redisUrl'>): string {
  const hash = createHmac('sha256', keyPepper)
    .update(`dowellchat bus of ${databaseNameIn(mongodbUri)}`)
    .digest('hex')
  return `dowellchat:${hash.slice(0, 32)}`
}

/** Loaded on demand, so that a server alone needs no Redis client. */
async function importRedis(): Promise<typeof import('../nodes/redis-bus.ts')> {
  try {
    return await import('../nodes/redis-bus.ts')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StartError(
      'REDIS_URL is set, but the package redis is not installed: npm install redis@6, or remove REDIS_URL',
      { cause },
    )
  }
}
