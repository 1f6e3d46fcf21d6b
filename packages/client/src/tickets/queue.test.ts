import { expect, it, onTestFinished, vi } from 'vitest'
import { until } from '../testing/chat.ts'
import { hold, online, openDesk } from './testing/open-desk.ts'

it('[TQ4] a customer sees their place and the time that it takes, as the line moves', async () => {
  const { cat, meg, admin, employ, client } = await openDesk()
  await employ('meg', 1)
  const dan = await online(client('dan'))
  const first = await dan.tickets.create({ product: 'billing' })
  const second = await dan.tickets.create({ product: 'billing' })
  const own = await cat.tickets.create({ product: 'billing' })
  const queue = cat.tickets.queue(own._id)
  await hold(queue)
  await until(queue, ({ data }) => data?.estimate?.position === 2)
  const { soonestAt, expectedAt, latestAt } = queue.getSnapshot().data ?? {}
  expect([soonestAt, expectedAt, latestAt].map(String).sort()).toEqual([soonestAt, expectedAt, latestAt])
  const asked = cat.topics.queue('Billing')
  await hold(asked)
  await until(asked, ({ data }) => data?.estimate?.position === 3)

  await dan.tickets.close(second._id)
  await until(queue, ({ data }) => data?.estimate?.position === 1)
  await until(asked, ({ data }) => data?.estimate?.position === 2)

  await meg.lineManagers.setAvailability('away')
  await until(asked, ({ data }) => data?.isAvailable === false && data.estimate?.reason === 'nobody_online')
  await meg.lineManagers.setAvailability('online')
  await until(asked, ({ data }) => data?.isAvailable === true)

  await admin.tickets.close(first._id)
  // It is Meg's, who has not answered it.
  await until(queue, ({ data }) => data?.estimate?.line !== asked.getSnapshot().data?.estimate?.line)
  await meg.tickets.messages(own._id).send('Hello!')
  await until(queue, ({ data, status }) => status === 'ready' && data?.estimate === null)
  expect(queue.getSnapshot().data).toMatchObject({ isAvailable: true, expectedAt: null })
})

it('[TQ5] shows how long one would wait for each topic', async () => {
  const { cat, employ } = await openDesk()
  const queues = cat.topics.queues()
  onTestFinished(queues.retain())
  await until(queues, ({ data }) => data?.size === 2)
  expect(queues.getSnapshot().data?.get('sales')).toMatchObject({ isAvailable: false })
  await employ('meg')
  await until(queues, ({ data }) => data?.get('sales')?.isAvailable === true)
})

it('[TQ5] shows the answers about many topics together', async () => {
  const { admin, cat } = await openDesk()
  for (let at = 0; at < 20; at++) await admin.topics.create({ name: `topic_${at}` })
  // A slow machine answers them one by one.
  const { get_estimate } = cat.request
  let [answered, pass] = [0, (): void => undefined]
  const all = new Promise<void>((resolve) => {
    pass = resolve
  })
  Object.assign(cat.request, {
    async get_estimate(payload: Parameters<typeof get_estimate>[0]) {
      const answer = await get_estimate(payload)
      if (++answered === 22) pass()
      await all
      return answer
    },
  })
  const queues = cat.topics.queues()
  let changes = 0
  onTestFinished(queues.subscribe(() => changes++))
  onTestFinished(queues.retain())
  await until(queues, ({ data }) => data?.size === 22)
  expect(changes).toBeLessThan(8)
})

it('[TQ7] canned answers are listed by title, for a topic and for all, and kept current', async () => {
  const { meg, moe } = await openDesk()
  const all = moe.cannedAnswers.list()
  const billing = moe.cannedAnswers.list('Billing')
  for (const list of [all, billing]) await hold(list)
  const hello = await meg.cannedAnswers.create({ title: 'Hello', text: 'Hello {{customer}}' })
  await meg.cannedAnswers.create({ title: 'Bye', text: 'Bye', product: 'Sales' })
  const titles = (list: typeof all) => list.getSnapshot().items.map(({ title }) => title)
  await until(all, ({ items }) => items.length === 2)
  expect([titles(all), titles(billing)]).toEqual([['Bye', 'Hello'], ['Hello']])
  await meg.cannedAnswers.update(hello._id, { title: 'A greeting', product: 'sales' })
  await until(all, ({ items }) => items[0]?.title === 'A greeting')
  expect(titles(billing)).toEqual([])
  await moe.cannedAnswers.remove(hello._id)
  expect(titles(all)).toEqual(['Bye'])
  const taken = meg.cannedAnswers.create({ title: 'Bye', text: 'Again' })
  await expect(taken).rejects.toMatchObject({ code: 'conflict' })
})

it('[TQ8] admins change and remove line managers and topics, and everybody who lists them sees it', async () => {
  const { admin, meg, employ } = await openDesk()
  await employ('meg')
  await employ('moe')
  const list = meg.lineManagers.list()
  await hold(list)
  await admin.lineManagers.update('meg', { capacity: 3, topics: ['Billing'] })
  await until(list, ({ items }) =>
    items.some(({ capacity, topics }) => capacity === 3 && topics?.[0] === 'billing'),
  )
  const topic = meg.topics.get('billing')
  await hold(topic)
  await admin.topics.update('Billing', { title: 'Invoices', away_text: 'Back on\nMonday' })
  await until(topic, ({ data }) => data?.title === 'Invoices' && data.away_text === 'Back on\nMonday')
  expect(await admin.lineManagers.merge('meg', 'moe')).toBe(0)
  await until(list, ({ items }) => items.some(({ user_id, is_active }) => user_id === 'meg' && !is_active))
  expect(await admin.lineManagers.split('meg', 'moe')).toBe(0)
  expect(await admin.lineManagers.remove('moe')).toBe(0)
  await until(list, ({ items }) => items.length === 1)
})

it('[TQ9] knows the server’s clock, also after a sleep that the connection has survived', async () => {
  const { meg } = await openDesk()
  expect(Math.abs(meg.now() - Date.now())).toBeLessThan(5_000)
  const before = meg.now()
  // The device has slept; `performance.now()` mostly stands still meanwhile.
  vi.setSystemTime(Date.now() + 3_600_000)
  onTestFinished(() => void vi.useRealTimers())
  expect(Math.abs(meg.now() - before - 3_600_000)).toBeLessThan(5_000)
})
