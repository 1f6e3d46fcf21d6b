import { randomUUID } from 'node:crypto'
import type { Ticket } from '../../../../packages/protocol/src/index.ts'
import { makeCid } from '../../bench/ids.ts'
import type { Person } from '../person.ts'
import type { ServerProcess } from '../server-process.ts'

export const room = 'lobby'
const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal'] as const

/** One request that writes. */
export interface Write {
  readonly by: Person
  readonly event: string
  readonly payload: object
}

/** Eight senders who have joined nothing, a listener who has joined the room, an agent and an admin. */
export interface Shop {
  readonly senders: readonly Person[]
  readonly listener: Person
  readonly agent: Person
  readonly admin: Person
  /** One ticket to write to, and one to close. */
  readonly tickets: readonly [talk: Ticket, close: Ticket]
}

export async function openShop(server: ServerProcess): Promise<Shop> {
  const admin = await server.connect('admin', 'admin')
  await admin.get('create_topic', { name: 'billing', cid: randomUUID() })
  await admin.get('create_line_manager', lineManager('max'))
  const listener = await server.connect('listener')
  const ask = () => listener.get<Ticket>('create_ticket', { product: 'billing', cid: randomUUID() })
  const tickets: Shop['tickets'] = [await ask(), await ask()]
  await listener.get('join', { room })
  for (const { _id: ticket_id } of tickets) await listener.get('join_ticket', { ticket_id })
  const agent = await server.connect('agent', 'agent')
  const connected = await Promise.all(senders.map((name) => server.connect(name)))
  return { senders: connected, listener, agent, admin, tickets }
}

export function message(by: Person, message_data: string): Write {
  return { by, event: 'message_event', payload: { room_id: room, message_data, cid: makeCid() } }
}

/** One request of each kind that writes. */
export function everyWrite({ senders: [ada], agent, admin, tickets: [talk, close] }: Shop): Write[] {
  if (!ada) throw new Error('There are eight senders')
  const text = { ticket_id: talk._id, message_data: 'how long yet?', cid: randomUUID() }
  return [
    message(ada, 'hello'),
    { by: agent, event: 'ticket_message_event', payload: text },
    { by: ada, event: 'create_ticket', payload: { product: 'billing', cid: randomUUID() } },
    { by: ada, event: 'join', payload: { room: 'attic' } },
    { by: ada, event: 'callUser', payload: { userToCall: 'agent', signalData: 'offer', cid: randomUUID() } },
    { by: agent, event: 'close_ticket', payload: { ticket_id: close._id } },
    { by: admin, event: 'create_topic', payload: { name: 'repairs', cid: randomUUID() } },
    { by: admin, event: 'create_line_manager', payload: lineManager('moe') },
  ]
}

function lineManager(user_id: string): object {
  return { user_id, positions_in_a_line: 1, average_serving_time: 4, is_unmanaged: true, cid: randomUUID() }
}
