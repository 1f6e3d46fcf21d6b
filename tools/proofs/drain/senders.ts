import { randomUUID } from 'node:crypto'
import type { Message } from '../../../packages/protocol/src/index.ts'
import type { AnyAnswer, TestSocket } from '../../../packages/server/src/testing/test-socket.ts'

/** A message, and what its sender knows of it. */
export interface Sent {
  readonly user: string
  readonly payload: { readonly room_id: string; readonly message_data: string; readonly cid: string }
  /** `none` if the connection ended before an answer came. */
  outcome: 'answered' | 'refused' | 'none'
  message: Message | undefined
  /** On the clock of `performance.now()`; infinite without an answer. */
  atMs: number
}

/** Sends one message after the other until the connection ends. */
export async function sendOn(socket: TestSocket, user: string, room: string, log: Sent[]): Promise<void> {
  for (let n = 0; socket.socket.connected; n++) {
    const payload = { room_id: room, message_data: `${user} ${n}`, cid: randomUUID() }
    const sent: Sent = {
      ...{ user, payload, outcome: 'none', message: undefined },
      atMs: Number.POSITIVE_INFINITY,
    }
    log.push(sent)
    const answer: AnyAnswer | undefined = await socket.ask('message_event', payload).catch(() => undefined)
    if (!answer) return
    sent.atMs = performance.now()
    sent.outcome = answer.status === 'success' ? 'answered' : 'refused'
    if (answer.status === 'success') sent.message = answer.data as Message
  }
}

/** What is wrong with what a room has, after everything that was not answered has been repeated. */
export function problemsOf(sent: readonly Sent[], kept: readonly Message[]): string[] {
  const places = new Map<string, Message[]>()
  for (const message of kept) places.set(message.cid, [...(places.get(message.cid) ?? []), message])
  const problems = sent.flatMap(({ payload: { cid, message_data }, message }) => {
    const found = places.get(cid) ?? []
    if (found.length !== 1) return [`${message_data} is there ${found.length} times`]
    return message && found[0]?.seq !== message.seq ? [`${message_data} has moved`] : []
  })
  const holes = kept.filter(({ seq }, at) => seq !== at + 1).map(({ seq }) => `${seq} follows a hole`)
  return [...problems, ...holes.slice(0, 1)]
}
