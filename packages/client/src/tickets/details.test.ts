import { limits } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Ticket } from '../entities.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import { hold, online, openDesk, patience } from './testing/open-desk.ts'

it('[TQ2] looks up the details of a ticket that comes into a list wherever it is', async () => {
  const { cat, meg, client } = await openDesk()
  const oldest = await cat.tickets.create({ product: 'billing', message_data: 'One' })
  const others = ['ann', 'ben', 'dan', 'eve', 'fay'].map((id) => online(client(id)))
  // More than a server answers at once.
  for (const { tickets } of await Promise.all(others))
    await Promise.all(
      Array.from({ length: 21 }, () => tickets.create({ product: 'billing', message_data: 'Another' })),
    )
  const list = meg.tickets.list({ is_closed: false, details: true })
  await hold(list)
  while (list.getSnapshot().hasMore) await list.loadMore()
  const last = () => list.getSnapshot().items.at(-1)
  expect(last()).toMatchObject({ _id: oldest._id, unread: 1 })

  await meg.tickets.close(oldest._id)
  await meg.tickets.reopen(oldest._id)
  await expect.poll(last, patience).toMatchObject({ _id: oldest._id, unread: expect.any(Number) })
  const { unread = 0 } = last() ?? {}
  await cat.tickets.messages(oldest._id).send('Two')
  await expect.poll(last, patience).toMatchObject({ unread: unread + 1, last: { message_data: 'Two' } })
})

const minute = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString()

/** A list of more tickets than a server answers at once, of which 160 are further down. From now on time passes only with `pass`. */
async function openList() {
  const fake = createFakeClient({ role: 'admin' })
  onTestFinished(() => fake.close())
  const times = Array.from({ length: limits.list_rows + 160 }, (_, n) => minute(n))
  const tickets = times.map((created_at) => fixtures.ticket({ created_at }))
  for (const data of tickets) fake.push('new_ticket', { data })
  const list = fake.tickets.list({ is_closed: false, details: true })
  const letGo = list.retain()
  onTestFinished(letGo)
  await until(list, ({ sync }) => sync === 'live')
  while (list.getSnapshot().hasMore) await list.loadMore()
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const count = () => fake.requests.filter(({ name }) => name === 'get_tickets').length
  const loaded = count()
  return {
    fake,
    letGo,
    oldest: tickets.slice(0, 160),
    /** Lets some leave the list, and come back without their details, one after the other. */
    return(some: readonly Ticket[]) {
      for (const ticket of some)
        for (const is_closed of [true, false])
          fake.push('ticket_updated', {
            data: { ...ticket, is_closed, state: is_closed ? 'closed' : 'waiting' },
          })
    },
    pass: (ms: number) => vi.advanceTimersByTimeAsync(ms),
    asked: () => count() - loaded,
    lacking: () => list.getSnapshot().items.filter(({ unread }) => unread === undefined).length,
  }
}

it('[TQ2] looks up the details of many that come back from the oldest on with one request for a hundred', async () => {
  const { oldest, return: comeBack, pass, asked, lacking } = await openList()
  comeBack(oldest)
  await pass(0)
  expect(lacking()).toBe(160)
  await pass(2_000)
  expect([lacking(), asked()]).toEqual([0, 3])
})

it('[TQ2] looks up with the next one what could not be looked up', async () => {
  const { fake, oldest, return: comeBack, pass, lacking } = await openList()
  fake.fail('get_tickets', 'unavailable')
  comeBack(oldest.slice(0, 2))
  await pass(2_000)
  expect(lacking()).toBe(2)
  fake.succeed('get_tickets')
  comeBack(oldest.slice(2, 3))
  await pass(2_000)
  expect(lacking()).toBe(0)
})

it('[TQ2] looks up nothing more for a list that nobody follows any more', async () => {
  const { fake, letGo, oldest, return: comeBack, pass, asked } = await openList()
  const answer = fake.hold('get_tickets')
  comeBack(oldest)
  await pass(2_000)
  letGo()
  await pass(2_000)
  answer()
  await pass(2_000)
  expect(asked()).toBe(1)
})
