import { createClient } from 'redis'
import type { Bus } from './bus.ts'

export interface RedisBusOptions {
  /** Where Redis is: `redis://[user:password@]host[:port]`, or `rediss://…` for TLS. */
  readonly url: string
  /** What the servers of one deployment share: others on the same Redis have another. Default `dowellchat`. */
  readonly channel?: string
}

const connectMs = 2_000
const mostRetryMs = 2_000

/**
 * Lets servers on one database speak to each other over Redis, by its publish and subscribe alone: nothing is kept there.
 * @example
 * const server = await createChatServer({ store, bus: redisBus({ url: 'redis://localhost:6379' }) })
 */
export function redisBus({ url, channel = 'dowellchat' }: RedisBusOptions): Bus {
  const options = {
    url,
    // What waits while Redis is away would arrive late, all at once.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (retries: number) => Math.min(mostRetryMs, 50 * 2 ** Math.min(retries, 6)),
    },
  }
  const sender = createClient(options)
  const receiver = createClient(options)
  for (const client of [sender, receiver]) client.on('error', () => {})

  return {
    async start(listener) {
      // `connect` resolves with the first connection, however long that takes.
      void sender.connect().catch(() => {})
      void receiver
        .connect()
        .then(() => receiver.subscribe(channel, listener))
        .catch(() => {})
    },

    publish(text) {
      if (sender.isReady) sender.publish(channel, text).catch(() => {})
    },

    get isConnected() {
      return sender.isReady && receiver.isReady
    },

    async stop() {
      for (const client of [sender, receiver]) if (client.isOpen) client.destroy()
    },
  }
}
