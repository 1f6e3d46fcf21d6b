import { randomUUID } from 'node:crypto'
import type { PushName, PushOf } from '@dowellchat/protocol'
import type { TestSocket } from '../../src/testing/connect.ts'
import type { RawSocket } from './raw-socket.ts'

export const kib = 1024

/** 15 KB, so that what the system buffers is soon full. */
export const longText = 'x'.repeat(15_000)

/** Joins a room and reads nothing from then on. */
export async function goDeaf(raw: RawSocket, room: string): Promise<RawSocket> {
  raw.send(`421["join",${JSON.stringify({ room })}]`)
  await raw.first('431')
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

/** The seqs of the entries that it got. */
export function seqsOf(raw: RawSocket): number[] {
  return pushesOf(raw, 'entries').flatMap(({ entries }) => entries.map(({ seq }) => seq))
}
