import { createClient } from 'redis'
import type { RedisProcess } from '../../../packages/server/tests/support/redis-process.ts'
import { cpuBetween, cpuByThread } from '../bench/cpu.ts'

/** What Redis takes to hand hints to nodes. */
export interface RedisFanOut {
  readonly subscribers: number
  /** Microseconds of Redis's one core for each hint and node, with many under way. */
  readonly usEach: number
}

const subscribers = 10
const channel = 'fan-out'
const hint = JSON.stringify({
  from: 'x'.repeat(36),
  n: 1_000_000,
  kind: 'heads',
  data: { heads: [['workspace', 'room:with-a-name-of-usual-length', 1_000_000]] },
})

/** Hands so many hints to ten subscribers. */
export async function measureRedis(redis: RedisProcess, hints: number): Promise<RedisFanOut> {
  const sender = await createClient({ url: redis.url }).connect()
  const receivers = await Promise.all(
    Array.from({ length: subscribers }, () => createClient({ url: redis.url }).connect()),
  )
  let received = 0
  let done = () => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  const take = () => {
    received += 1
    if (received === hints * subscribers) done()
  }
  for (const receiver of receivers) await receiver.subscribe(channel, take)
  const before = cpuByThread(redis.pid)
  await Promise.all(Array.from({ length: hints }, () => sender.publish(channel, hint)))
  await all
  const ns = cpuBetween(redis.pid, before, cpuByThread(redis.pid)).all
  for (const client of [sender, ...receivers]) client.destroy()
  return { subscribers, usEach: ns / 1_000 / hints / subscribers }
}
