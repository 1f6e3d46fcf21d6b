import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { DataOf, Entry, PayloadOf, RequestName } from '../../../packages/protocol/src/index.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Person } from './device.ts'
import { type Log, logOf } from './log.ts'

const mostTries = 20

/** Somebody on a plain socket, who was not there. */
export class Newcomer {
  readonly #socket: TestSocket

  constructor(socket: TestSocket) {
    this.#socket = socket
  }

  static async come(url: string, { user, role }: Person): Promise<Newcomer> {
    const auth = { ...shopKey, user_id: user, role, protocol: 1, device_id: randomUUID() }
    const options = { transports: ['websocket'], auth }
    return new Newcomer(await openSocket(url, options, { kept: () => undefined }).admitted())
  }

  /** Asks again while the store is slow. */
  async request<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K>> {
    const data = await this.find(name, payload)
    if (data === undefined) throw new Error(`${name} ${JSON.stringify(payload)}: not found`)
    return data
  }

  /** The same; undefined where there is no such thing. */
  async find<K extends RequestName>(name: K, payload: PayloadOf<K>): Promise<DataOf<K> | undefined> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#socket.ask(name, payload)
      // The server parsed it with the schema of this request.
      if (answer.status === 'success') return answer.data as DataOf<K>
      const { code, retryable } = answer.error
      if (code === 'not_found') return undefined
      if (!retryable || tries > mostTries) throw new Error(`${name}: ${JSON.stringify(answer.error)}`)
      await pause(250)
    }
  }

  leave(): void {
    this.#socket.socket.disconnect()
  }
}

/** All entries of a stream, from its beginning; none where it has no log. */
export async function readLog(reader: Newcomer, stream: string): Promise<Log> {
  const entries: Entry[] = []
  const first = await reader.find('get_messages', { stream, before: 1, limit: 1 })
  // A thread has no log before its first message.
  if (!first && stream.startsWith('thread:')) return logOf(stream, entries)
  if (!first) throw new Error(`${stream} cannot be read`)
  for (let more = true; more; ) {
    const last = entries.at(-1)
    const position = { epoch: first.epoch, seq: last?.seq ?? 0, id: last?._id ?? null }
    const page = await reader.request('get_entries', { stream, position, limit: 200 })
    if (page.reset) throw new Error(`${stream} cannot be read from its start: ${page.reset.reason}`)
    entries.push(...page.entries)
    more = page.more && page.entries.length > 0
  }
  return logOf(stream, entries)
}
