import { randomUUID } from 'node:crypto'
import type { Entry } from '../../../packages/protocol/src/index.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Person } from './device.ts'
import { type Log, logOf } from './log.ts'

/** Somebody on a plain socket, who was not there. */
export function newcomer(url: string, { user, role }: Person): Promise<TestSocket> {
  const auth = { ...shopKey, user_id: user, role, protocol: 1, device_id: randomUUID() }
  return openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined }).admitted()
}

/** All entries of a stream, from its beginning. */
export async function readLog(reader: TestSocket, stream: string): Promise<Log> {
  const entries: Entry[] = []
  const first = await reader.ask('get_messages', { stream, before: 1, limit: 1 })
  // A thread has no log before its first message.
  const isEmpty =
    first.status === 'failure' && first.error.code === 'not_found' && stream.startsWith('thread:')
  if (isEmpty) return logOf(stream, entries)
  const { epoch } = await reader.request('get_messages', { stream, before: 1, limit: 1 })
  for (let more = true; more; ) {
    const last = entries.at(-1)
    const position = { epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
    const page = await reader.request('get_entries', { stream, position, limit: 200 })
    if (page.reset) throw new Error(`${stream} cannot be read from its start: ${page.reset.reason}`)
    entries.push(...page.entries)
    more = page.more && page.entries.length > 0
  }
  return logOf(stream, entries)
}
