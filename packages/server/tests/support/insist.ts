import { setTimeout as pause } from 'node:timers/promises'
import type { DataOf, PayloadOf, RequestName } from '@dowellchat/protocol'
import type { TestSocket } from '../../src/testing/test-socket.ts'

const mostTries = 20
const betweenTriesMs = 250

/** Sends a request until it is answered, as clients do: a store that has much to do is `unavailable` for a moment. */
export async function insist<K extends RequestName>(
  socket: TestSocket,
  event: K,
  payload: PayloadOf<K>,
): Promise<DataOf<K>> {
  for (let tries = 1; ; tries++) {
    const answer = await socket.ask(event, payload)
    if (answer.status === 'success') return answer.data as DataOf<K>
    if (answer.error?.code !== 'unavailable' || tries === mostTries)
      throw new Error(`${event} failed: ${JSON.stringify(answer)}`)
    await pause(betweenTriesMs)
  }
}
