import { createClient } from 'redis'

/** What a Redis has been asked so far. */
export interface RedisCounts {
  readonly publishes: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Reads what a Redis has been asked. Its own questions count a few hundred bytes. */
export async function redisCounts(url: string): Promise<RedisCounts> {
  const client = await createClient({ url }).connect()
  try {
    const text = `${await client.info('commandstats')}\n${await client.info('stats')}`
    const read = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
    return {
      publishes: read(/cmdstat_publish:calls=(\d+)/),
      bytesIn: read(/total_net_input_bytes:(\d+)/),
      bytesOut: read(/total_net_output_bytes:(\d+)/),
    }
  } finally {
    client.destroy()
  }
}
