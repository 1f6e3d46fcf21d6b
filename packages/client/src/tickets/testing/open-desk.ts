import { expect, onTestFinished } from 'vitest'
import type { ChatClient } from '../../client.ts'
import type { LiveList } from '../../live/live-list.ts'
import type { LiveThing } from '../../live/live-thing.ts'
import { openChat, until } from '../../testing/chat.ts'

export const patience = { timeout: 30_000, interval: 20 }

/** Connects a client until the test ends. */
export async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** An admin, two agents who are no line managers yet, and a customer, in a workspace with two topics. */
export async function openDesk() {
  const { client } = await openChat()
  const admin = await online(client('admin', { role: 'admin', name: 'Ada' }))
  const meg = await online(client('meg', { role: 'agent', name: 'Meg' }))
  const moe = await online(client('moe', { role: 'agent', name: 'Moe' }))
  const cat = await online(client('cat', { name: 'Cat' }))
  for (const name of ['billing', 'sales']) await admin.topics.create({ name })
  const employ = (user_id: string, capacity: number | null = null) =>
    admin.lineManagers.create({
      user_id,
      capacity,
      positions_in_a_line: 1,
      average_serving_time: 5,
      is_unmanaged: true,
    })
  return { admin, meg, moe, cat, employ, client }
}

/** Keeps something current until the test ends, once it is. */
export async function hold(live: LiveThing<unknown> | LiveList<unknown>): Promise<void> {
  onTestFinished(live.retain())
  await expect.poll(() => live.getSnapshot().sync, patience).toBe('live')
}
