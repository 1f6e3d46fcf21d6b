import { randomUUID } from 'node:crypto'
import type { Message, Ticket } from '@dowellchat/protocol'
import { type Client, connect, connectAs } from './client.ts'

/** What a V2 page puts into each ticket event. */
export const key = { workspace_id: 'shop', api_key: 'shop-key' }

export const room = 'lobby'
export const product = 'billing'

/** Two customers, an agent and an admin of the current dialect, and two V2 pages. All but the admin hear something. */
export interface ShopFloor {
  readonly ann: Client
  readonly bob: Client
  readonly agent: Client
  readonly admin: Client
  /** Joined the room, and the ticket. */
  readonly page: Client
  /** Joined the room, and hears of new tickets. */
  readonly otherPage: Client
  /** Ann's. */
  readonly ticket: Ticket
}

/** Opens a server of `shop` with `V2_WORKSPACE=shop` for business. */
export async function openShopFloor(url: string): Promise<ShopFloor> {
  const [ann, bob] = [await connectAs(url, 'ann'), await connectAs(url, 'bob')]
  const agent = await connectAs(url, 'agent', { role: 'agent' })
  const admin = await connectAs(url, 'admin', { role: 'admin' })
  const [page, otherPage] = [await connect(url), await connect(url)]
  await admin.get('create_topic', { name: product, cid: randomUUID() })
  await admin.get('create_line_manager', lineManager('max'))
  const ticket = await ann.get<Ticket>('create_ticket', { product, cid: randomUUID() })
  for (const member of [ann, bob, page, otherPage]) await member.get('join', { room })
  for (const member of [ann, agent]) await member.get('join_ticket', { ticket_id: ticket._id })
  await page.get('get_ticket_messages', { ...key, ticket_id: ticket._id })
  await otherPage.get('get_all_topics', key)
  await ann.get<Message>('message_event', message('the first'))
  for (const member of [ann, bob]) await member.hears('entries')
  for (const member of [page, otherPage]) await member.hears('my_response')
  return { ann, bob, agent, admin, page, otherPage, ticket }
}

export function everybody({ ann, bob, agent, admin, page, otherPage }: ShopFloor): Readonly<Record<string, Client>> {
  return { ann, bob, agent, admin, page, otherPage }
}

export function message(message_data: string): { room_id: string; message_data: string; cid: string } {
  return { room_id: room, message_data, cid: randomUUID() }
}

export function lineManager(user_id: string): Record<string, unknown> {
  return { user_id, positions_in_a_line: 1, average_serving_time: 4, cid: randomUUID() }
}
