import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from '../../../packages/protocol/src/index.ts'
import { openSocket, type TestSocket } from '../../../packages/server/src/testing/test-socket.ts'

/** A page of 200 costs three points, of which a socket gets 50 back each second. */
const pauseMs = 70

/** The acknowledged messages, by `<workspace>/<room>`, that are not where they were sent. */
export async function missingOf(
  url: string,
  acknowledged: Readonly<Record<string, readonly string[]>>,
): Promise<string[]> {
  const missing: string[] = []
  for (const [place, ids] of Object.entries(acknowledged)) {
    const [workspace_id = '', room = ''] = place.split('/')
    // A page key lets nobody in under a name.
    const auth = { protocol: 1, workspace_id, guest: true }
    const opened = openSocket(url, { transports: ['websocket'], auth }, { kept: () => undefined })
    const there = await idsIn(await opened.admitted(), room)
    opened.socket.disconnect()
    missing.push(...ids.filter((id) => !there.has(id)).map((id) => `${place} ${id}`))
  }
  return missing
}

async function idsIn(socket: TestSocket, room: string): Promise<Set<string>> {
  const { stream, epoch } = await socket.request('join', { room, limit: 1 })
  await socket.request('leave', { room })
  const ids = new Set<string>()
  let position = { epoch, seq: 0, id: null as string | null }
  for (;;) {
    const answer = await socket.ask('get_entries', { stream, position })
    if (answer.status === 'failure' && answer.error.code === 'rate_limited') {
      await pause(answer.error.retry_after_ms)
      continue
    }
    if (answer.status === 'failure') throw new Error(`${room} cannot be read: ${answer.data}`)
    const page = answer.data as Page
    for (const { _id } of page.entries) ids.add(_id)
    const last = page.entries.at(-1)
    if (!page.more || !last) return ids
    position = { epoch, seq: last.seq, id: last._id }
    await pause(pauseMs)
  }
}
