import { randomUUID } from 'node:crypto'
import type { Failure } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { useClock } from '../src/testing/clock.ts'
import { openChat } from '../src/testing/connect.ts'

it('[CT4] a cid that is used again after 25 hours, and after a year, is answered with what it made', async () => {
  const chat = await openChat(onTestFinished)
  const [clock, release] = useClock()
  onTestFinished(release)
  const root = await chat.connect('root', { role: 'admin' })
  const made = (fields: object) => ({ ...fields, cid: randomUUID() }) as never
  const requests = [
    ['create_topic', made({ name: 'sales' })],
    ['create_ticket', made({ product: 'sales' })],
    ['create_room', made({ kind: 'members', members: [] })],
    ['message_event', made({ room_id: 'r', message_data: 'hello' })],
  ] as const
  const first = []
  for (const [event, payload] of requests) first.push(await root.request(event, payload))
  for (const hours of [25, 365 * 24]) {
    await clock.advance(hours * 3_600_000)
    const late = await chat.connect('root', { role: 'admin' })
    const again = []
    for (const [event, payload] of requests) again.push(await late.request(event, payload))
    expect(again).toEqual(first)
    const other = (await late.ask('message_event', {
      ...(requests[3][1] as object),
      message_data: 'something else',
    })) as Failure
    expect(other.error.code).toBe('conflict')
    await late.request('message_event', made({ room_id: 'r', message_data: `${hours} hours later` }))
  }
  const { entries } = await root.request('join', { room: 'r' })
  expect(entries.map((entry) => 'message_data' in entry && entry.message_data)).toEqual([
    'hello',
    '25 hours later',
    '8760 hours later',
  ])
  const [, second] = entries as { created_at: string }[]
  // The server's time did move.
  expect(Date.parse(second?.created_at ?? '') - Date.now()).toBeGreaterThan(24 * 3_600_000)
})
