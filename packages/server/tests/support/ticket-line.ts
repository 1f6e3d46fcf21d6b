import { randomUUID } from 'node:crypto'
import type { LineManager, Ticket } from '@dowellchat/protocol'
import { expect, onTestFinished } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { type Frame, openChat, type TestChat, type TestSocket } from '../../src/testing/connect.ts'

/** A workspace with the topic `sales` and line managers, the first at position 1. */
export async function withLine(
  capacities: readonly (number | null)[],
  options: Partial<ChatServerOptions> = {},
): Promise<{ chat: TestChat; admin: TestSocket }> {
  const chat = await openChat(onTestFinished, options)
  const admin = await chat.connect('root', { role: 'admin' })
  await admin.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (const [at, capacity] of capacities.entries()) await makeLineManager(admin, at + 1, capacity)
  await admin.heard()
  return { chat, admin }
}

export function makeLineManager(
  admin: TestSocket,
  position: number,
  capacity: number | null = null,
): Promise<LineManager> {
  const user_id = `manager-${position}`
  const manager = {
    user_id,
    positions_in_a_line: position,
    average_serving_time: 4,
    is_unmanaged: true,
    capacity,
    cid: randomUUID(),
  }
  return admin.request('create_line_manager', manager)
}

export const newTicket = (): { product: string; cid: string } => ({ product: 'sales', cid: randomUUID() })
export const message = (ticket_id: string, message_data: string) => ({
  ticket_id,
  message_data,
  cid: randomUUID(),
})
export const updated = (data: unknown): Frame => ['ticket_updated', { data }]

/** Creates tickets one after the other. */
export async function createTickets(customer: TestSocket, count: number): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  for (let n = 0; n < count; n++) tickets.push(await customer.request('create_ticket', newTicket()))
  return tickets
}

export async function openTicketsOf(admin: TestSocket): Promise<Ticket[]> {
  const { tickets } = await admin.request('get_tickets', { limit: 5_000 })
  return tickets.filter(({ is_closed }) => !is_closed)
}

/** How many open tickets each line manager has, counted from the tickets. Fails if a `ticket_count` differs. */
export async function loadsOf(admin: TestSocket): Promise<number[]> {
  const [managers, open] = [await admin.request('get_all_line_managers', {}), await openTicketsOf(admin)]
  const counted = managers.map(
    ({ user_id }) => open.filter(({ line_manager }) => line_manager === user_id).length,
  )
  expect(managers.map(({ ticket_count }) => ticket_count)).toEqual(counted)
  return counted
}

export const spread = (counts: readonly number[]) => Math.max(...counts) - Math.min(...counts)
