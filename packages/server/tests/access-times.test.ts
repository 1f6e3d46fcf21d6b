import { randomUUID } from 'node:crypto'
import type { PayloadOf } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { expectAsLong } from './support/medians.ts'

const openTickets = 20_000
const tries = 200
const workspace_id = 'demo'

/** Opens tickets of other customers with one line manager; answers the id of the newest. */
async function fill(store: Store): Promise<string> {
  const made = { workspace_id, fingerprint: 'f', client_created_at: null }
  let newest = ''
  for (let at = 0; at < openTickets; at += 1_000) {
    const batch = Array.from({ length: 1_000 }, () => ({
      ...made,
      user_id: 'another',
      display_name: null,
      product: 'billing',
      cid: randomUUID(),
    }))
    const created = await Promise.all(batch.map((ticket) => store.tickets.create(ticket)))
    const last = created.at(-1)
    if (last && 'row' in last) newest = last.row._id
  }
  const average = { positions_in_a_line: 1, average_serving_time: 4, is_unmanaged: true, capacity: null }
  const manager = { ...made, ...average, user_id: 'mia', created_by: 'root', cid: randomUUID() }
  await store.lineManagers.create(manager)
  await store.tickets.assignWaiting(workspace_id)
  return newest
}

const requests = {
  join_ticket: (ticket_id: string) => ({ ticket_id }) satisfies PayloadOf<'join_ticket'>,
  get_ticket_messages: (ticket_id: string) => ({ ticket_id }) satisfies PayloadOf<'get_ticket_messages'>,
  close_ticket: (ticket_id: string) => ({ ticket_id }) satisfies PayloadOf<'close_ticket'>,
  ticket_message_event: (ticket_id: string) =>
    ({ ticket_id, message_data: 'x', cid: randomUUID() }) satisfies PayloadOf<'ticket_message_event'>,
  get_messages: (ticket_id: string) =>
    ({ stream: `ticket:${ticket_id}`, before: 9 }) satisfies PayloadOf<'get_messages'>,
}

/** How long the refusal takes, in milliseconds. */
async function timeOf(socket: TestSocket, event: string, payload: object): Promise<number> {
  const begin = performance.now()
  const answer = await socket.socket.emitWithAck(event, payload)
  const took = performance.now() - begin
  expect(answer).toMatchObject({ error: { code: 'not_found' } })
  return took
}

it('[WS2] refuses the ticket of another customer as fast as one that does not exist, beside 20,000 open tickets', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const foreign = await fill(store)
  const chat = await openChat(onTestFinished, { store })
  const ann = await chat.connect('ann')
  for (const [event, payloadFor] of Object.entries(requests)) {
    // Before anything but the owner was looked at first, the difference was more than a millisecond.
    await expectAsLong(async () => {
      const times: Record<'foreign' | 'missing', number[]> = { foreign: [], missing: [] }
      for (let one = 0; one < tries; one += 1) {
        times.foreign.push(await timeOf(ann, event, payloadFor(foreign)))
        times.missing.push(await timeOf(ann, event, payloadFor(randomUUID())))
      }
      return [times.foreign, times.missing]
    }, event)
  }
})
