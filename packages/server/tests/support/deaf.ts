import { randomUUID } from 'node:crypto'
import type { PushName, PushOf } from '@dowellchat/protocol'
import type { TestSocket } from '../../src/testing/connect.ts'
import type { RawSocket } from './raw-socket.ts'

export const kib = 1024

/** 15 KB, so that what the system buffers is soon full. */
export const longText = 'x'.repeat(15_000)

/** Joins a room and reads nothing from then on. @param last a push that comes of the joining, which is read yet */
export async function goDeaf(raw: RawSocket, room: string, last?: PushName): Promise<RawSocket> {
  raw.send(`421["join",${JSON.stringify({ room })}]`)
  await raw.first('431')
  if (last) await raw.first(`42["${last}",`)
  raw.pause()
  return raw
}

/** Sends long messages to a room until something is so; answers how many. */
export async function talk(sender: TestSocket, room: string, isEnough: () => boolean): Promise<number> {
  let sent = 0
  while (!isEnough()) {
    if (sent > 3_000) throw new Error('3,000 long messages were not enough')
    const batch = Array.from({ length: 8 }, () => randomUUID())
    await Promise.all(
      batch.map((cid) => sender.request('message_event', { room_id: room, message_data: longText, cid })),
    )
    sent += batch.length
  }
  return sent
}

/** What a socket got of one push. */
export function pushesOf<K extends PushName>(raw: RawSocket, event: K): PushOf<K>[] {
  const start = `42["${event}",`
  const frames = raw.frames.filter((frame) => frame.startsWith(start))
  return frames.map((frame) => (JSON.parse(frame.slice(2)) as [K, PushOf<K>])[1])
}

/** How many entries of a room it got. */
export function entriesOf(raw: RawSocket): number {
  return pushesOf(raw, 'entries').reduce((count, { entries }) => count + entries.length, 0)
}

/**
 * How far it has got: by entries without holes, and by heads, which say up to where it can fetch what is missing. Throws
 * where entries are missing that no heads have told of.
 */
export function reachOf(raw: RawSocket): number {
  let reach = 0
  for (const frame of raw.frames) {
    const [event, data] = frame.startsWith('42') ? (JSON.parse(frame.slice(2)) as [string, unknown]) : []
    if (event === 'heads')
      reach = Math.max(reach, ...(data as PushOf<'heads'>).heads.map(({ head }) => head.seq))
    for (const { seq } of event === 'entries' ? (data as PushOf<'entries'>).entries : []) {
      if (seq > reach + 1) throw new Error(`Nobody told of ${reach + 1} before ${seq} came`)
      reach = Math.max(reach, seq)
    }
  }
  return reach
}
