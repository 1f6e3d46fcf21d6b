import { randomUUID } from 'node:crypto'
import { type PayloadOf, protocolVersion, type Ticket } from '@dowellchat/protocol'
import { signUserToken } from '@dowellchat/server/tokens'
import type { TestSocket } from '../../src/testing/test-socket.ts'
import { connect } from './sockets.ts'

const secret = 'a secret of the tests with more than 32 letters'

/** With this the workspace `shop` takes V2's pages, whose key opens no handshake, and its people come with tokens. */
export const shopFloor = { V2_WORKSPACE: 'shop', TOKEN_SECRET: secret }

export const room = 'lobby'
export const product = 'billing'

/**
 * Two customers, an agent and an admin of the current dialect, and two V2 pages, in the workspace `shop`. The customers and the
 * agent share a room with members.
 */
export interface ShopFloor {
  /** The fields that a V2 page adds to each ticket event. */
  readonly key: { readonly workspace_id: string; readonly api_key: string }
  /** Joined the room and her ticket. */
  readonly ann: TestSocket
  /** Joined the room. */
  readonly bob: TestSocket
  /** Joined Ann's ticket. */
  readonly agent: TestSocket
  readonly admin: TestSocket
  /** Joined the room and Ann's ticket. */
  readonly page: TestSocket
  /** Joined the room, and is subscribed to new tickets. */
  readonly otherPage: TestSocket
  readonly ticket: Ticket
}

/** Somebody of the workspace `shop`, by a token that is signed as `shopFloor` says. */
export async function connectByToken(
  url: string,
  user_id: string,
  role: 'customer' | 'agent' | 'admin' = 'customer',
): Promise<TestSocket> {
  const token = await signUserToken({ user_id, workspace_id: 'shop', role }, { secret })
  return connect(url, { protocol: protocolVersion, device_id: randomUUID(), token })
}

/** Connects these people to a server that is configured as `shopFloor` says. */
export async function openShopFloor(
  url: string,
  api_key = 'shop-key-with-more-than-32-letters',
): Promise<ShopFloor> {
  const key = { workspace_id: 'shop', api_key }
  const [ann, bob] = [await connectByToken(url, 'ann'), await connectByToken(url, 'bob')]
  const agent = await connectByToken(url, 'agent', 'agent')
  const admin = await connectByToken(url, 'admin', 'admin')
  const [page, otherPage] = [await connect(url), await connect(url)]
  await admin.request('create_topic', { name: product, cid: randomUUID() })
  await admin.request('create_line_manager', lineManager('max'))
  const ticket = await ann.request('create_ticket', { product, cid: randomUUID() })
  // Customers ring only those whom they share a room with.
  await agent.request('create_room', { kind: 'members', members: ['ann', 'bob'], cid: randomUUID() })
  for (const member of [ann, bob, page, otherPage]) await member.request('join', { room })
  for (const member of [ann, agent]) await member.request('join_ticket', { ticket_id: ticket._id })
  await page.request('get_ticket_messages', { ...key, ticket_id: ticket._id })
  await otherPage.ask('get_all_topics', key)
  return { key, ann, bob, agent, admin, page, otherPage, ticket }
}

export function everybody({
  ann,
  bob,
  agent,
  admin,
  page,
  otherPage,
}: ShopFloor): Readonly<Record<string, TestSocket>> {
  return { ann, bob, agent, admin, page, otherPage }
}

export interface NewMessage {
  readonly room_id: string
  readonly message_data: string
  readonly cid: string
}

export function message(message_data: string): NewMessage {
  return { room_id: room, message_data, cid: randomUUID() }
}

export function lineManager(user_id: string): PayloadOf<'create_line_manager'> {
  return { user_id, positions_in_a_line: 1, average_serving_time: 4, is_unmanaged: true, cid: randomUUID() }
}
