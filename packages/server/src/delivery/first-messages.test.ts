import { randomUUID } from 'node:crypto'
import { ticketStream } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Logger } from '../logger.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store } from '../stores/store.ts'
import { openChat } from '../testing/connect.ts'

it('[TL11] a first message is sent soon by the next start, though its ticket was made just before the server ended', async () => {
  vi.useFakeTimers({ now: Date.now() - 3_000, toFake: ['Date', 'setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const store = await embeddedStore({ path: ':memory:' })
  const create = async (first_text: string) => {
    const creation = await store.tickets.create({
      ...{ workspace_id: 'demo', user_id: 'ann', display_name: 'Ann', product: 'sales' },
      ...{ cid: randomUUID(), fingerprint: '', client_created_at: null, first_text },
    })
    if (!('row' in creation)) throw new Error('Not created')
    return creation.row._id
  }
  const first = { message_data: 'Left', display_name: 'Ann', author: 'ann', sid: null, user_ids: ['ann'] }
  const ticket_id = await create(JSON.stringify(first))
  // As a disk may leave it.
  await create('{"message_data":')
  await vi.advanceTimersByTimeAsync(3_000)
  const told: string[] = []
  const logger: Logger = { info() {}, warn() {}, error: (_, text) => void told.push(text) }
  let looks = 0
  const unsent: Store['tickets']['unsent'] = (...which) => {
    looks += 1
    return store.tickets.unsent(...which)
  }
  await openChat(onTestFinished, { store: { ...store, tickets: { ...store.tickets, unsent } }, logger })

  await vi.advanceTimersByTimeAsync(70_000)

  const key = { workspace_id: 'demo', stream: ticketStream(ticket_id) }
  const texts = async () => (await store.streams.entries(key, 0)).entries.map(({ text }) => text)
  await expect.poll(texts).toEqual([expect.stringContaining('"Left"')])
  // What cannot be sent is tried again, and told once. A look begins when the one before it has ended.
  const before = looks
  await vi.advanceTimersByTimeAsync(180_000)
  await expect.poll(() => looks).toBe(before + 3)
  expect(told).toEqual(['The first message of a ticket could not be sent'])
})
