import { randomUUID } from 'node:crypto'
import { openSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Log } from '../recount/log.ts'
import { Newcomer, readLog } from '../recount/read-log.ts'

/** What the store has of rooms, oldest first, read by somebody who was not there. */
export function readLogs(url: string, rooms: readonly string[]): Promise<Map<string, Log>> {
  return readLogsIn(url, rooms, { ...shopKey, user_id: 'reader' })
}

/** The same, of another workspace than the proofs' own. */
export async function readLogsIn(
  url: string,
  rooms: readonly string[],
  auth: object,
): Promise<Map<string, Log>> {
  const handshake = { ...auth, protocol: 1, device_id: randomUUID() }
  const options = { transports: ['websocket'], auth: handshake }
  const socket = await openSocket(url, options, { kept: () => undefined }).admitted()
  const reader = new Newcomer(socket)
  const logs = new Map<string, Log>()
  for (const room of rooms) {
    // Joining makes a room that nobody has reached.
    await reader.request('join', { room, limit: 1 })
    logs.set(room, await readLog(reader, `room:${room}`))
  }
  reader.leave()
  return logs
}
