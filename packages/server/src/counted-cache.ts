import { LRUCache } from 'lru-cache'

/**
 * A cache that keeps so many, and forgets what was used least lately. It takes memory for what it holds: told its `max`, an
 * `LRUCache` takes it at once for all that it may hold, which was half of what a server's start cost.
 * @param ttl after how many milliseconds an entry is forgotten
 */
export function countedCache<K extends {}, V extends {}>(most: number, ttl?: number): LRUCache<K, V> {
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1, ...(ttl !== undefined && { ttl }) })
}
