import { randomUUID } from 'node:crypto'
import { openSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Stored } from './check.ts'

/** What the store has of rooms, oldest first, read by somebody who was not there. */
export function readLogs(url: string, rooms: readonly string[]): Promise<Map<string, readonly Stored[]>> {
  return readLogsIn(url, rooms, { ...shopKey, user_id: 'reader' })
}

/** The same, of another workspace than the proofs' own. */
export async function readLogsIn(
  url: string,
  rooms: readonly string[],
  auth: object,
): Promise<Map<string, readonly Stored[]>> {
  const handshake = { ...auth, protocol: 1, device_id: randomUUID() }
  const options = { transports: ['websocket'], auth: handshake }
  const reader = await openSocket(url, options, { kept: () => undefined }).admitted()
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
