import { enterShop } from '../drain/shop-server.ts'
import type { Stored } from './check.ts'

/** What the store has of rooms, oldest first, read by somebody who was not there. */
export async function readLogs(
  url: string,
  rooms: readonly string[],
): Promise<Map<string, readonly Stored[]>> {
  const reader = await enterShop(url, 'reader')
  const logs = new Map<string, readonly Stored[]>()
  for (const room of rooms) {
    const { epoch } = await reader.request('join', { room, limit: 1 })
    let position = { epoch, seq: 0, id: null as string | null }
    const log: Stored[] = []
    for (let more = true; more; ) {
      const page = await reader.request('get_entries', { stream: `room:${room}`, position, limit: 200 })
      if (page.reset) throw new Error(`${room} cannot be read from its start: ${page.reset.reason}`)
      for (const entry of page.entries) if (entry.type === 'message') log.push(entry)
      const last = page.entries.at(-1)
      more = page.more && last !== undefined
      if (last) position = { epoch, seq: last.seq, id: last._id }
    }
    logs.set(room, log)
  }
  reader.socket.disconnect()
  return logs
}
