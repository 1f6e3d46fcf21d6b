import { expect, it } from 'vitest'
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
