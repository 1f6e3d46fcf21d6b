import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished } from 'vitest'
import { type ChatClient, type ChatClientOptions, createChatClient } from '../client.ts'
import type { Ticket } from '../entities.ts'
import { createFakeClient } from '../fake-client/create-fake-client.ts'
import { fixtures } from '../fake-client/fixtures.ts'
import type { ListState, LiveList } from '../live/live-list.ts'
import { authOf, openChat, until } from '../testing/chat.ts'

/** An admin's client with pages of three, over a link that can be cut; `open` opens so many tickets, as another admin. */
async function openDesk(options: Partial<ChatClientOptions> = { pageSize: 3 }) {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const other = client('other', { role: 'admin' })
  const root = createChatClient({ url: link.url, auth: { ...authOf('root'), role: 'admin' }, ...options })
  onTestFinished(() => root.close())
  for (const one of [other, root]) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  for (const name of ['billing', 'sales']) await other.topics.create({ name })
  return {
    link,
    root,
    other,
    open: (count: number, product = 'billing') => openTickets(other, count, product),
  }
}

async function openTickets(client: ChatClient, count: number, product: string): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  for (let n = 0; n < count; n++) tickets.push(await client.tickets.create({ product }))
  return tickets
}

const ids = (tickets: readonly { readonly _id: string }[]): string[] => tickets.map(({ _id }) => _id)
const newestFirst = (tickets: readonly Ticket[]): string[] => ids(tickets).reverse()
const shown = (list: LiveList<Ticket>): string[] => ids(list.getSnapshot().items)

async function hold(list: LiveList<Ticket>): Promise<ListState<Ticket>> {
  onTestFinished(list.retain())
  return until(list, ({ sync }) => sync === 'live')
}

it('[TH3] shows tickets page by page, newest first', async () => {
  const { root, open } = await openDesk()
  const tickets = await open(7)
  const list = root.tickets.list()
  const first = await hold(list)
  expect([ids(first.items), first.hasMore]).toEqual([newestFirst(tickets).slice(0, 3), true])
  expect(await Promise.all([list.loadMore(), list.loadMore()])).toEqual([true, true])
  expect(shown(list)).toEqual(newestFirst(tickets).slice(0, 6))
  expect(await list.loadMore()).toBe(false)
  expect(shown(list)).toEqual(newestFirst(tickets))
  expect(list.getSnapshot().hasMore).toBe(false)
  expect(await list.loadMore()).toBe(false)
})

it('[TH3] ends where the server has found none among as many as it looks through', async () => {
  const fake = createFakeClient({ role: 'admin' })
  onTestFinished(() => fake.close())
  const [first, last] = [fixtures.ticket(), fixtures.ticket()]
  const list = fake.tickets.list({ tag: 'vip' })
  fake.answer('get_tickets', ({ before }) => {
    const tickets = before === undefined ? [first] : before === first._id ? [last] : []
    return { tickets, more: true }
  })
  expect((await hold(list)).hasMore).toBe(true)
  expect([await list.loadMore(), await list.loadMore()]).toEqual([true, false])
  expect(shown(list)).toEqual([first._id, last._id])
})

it('[TH3] loads 50 at a time by default', async () => {
  const { root, open } = await openDesk({})
  await open(51)
  const { items, hasMore } = await hold(root.tickets.list())
  expect([items.length, hasMore]).toEqual([50, true])
})

it('[TH4] tickets enter and leave a list as they are opened and closed, in their places', async () => {
  const { root, other, open } = await openDesk()
  const [first, second, third, fourth] = ids(await open(4))
  const all = {
    open: root.tickets.list({ is_closed: false }),
    closed: root.tickets.list({ is_closed: true }),
  }
  for (const list of Object.values(all)) await hold(list)
  await all.open.loadMore()
  expect([shown(all.open), shown(all.closed)]).toEqual([[fourth, third, second, first], []])

  for (const id of [third, first]) await other.tickets.close(id ?? '')
  await until(all.closed, ({ items }) => items.length === 2)
  expect([shown(all.open), shown(all.closed)]).toEqual([
    [fourth, second],
    [third, first],
  ])
  const [fifth] = ids(await open(1))
  await open(1, 'sales')
  await root.tickets.close(second ?? '')
  await until(all.open, ({ items }) => items.length === 3)
  expect([shown(all.open).slice(1), shown(all.closed)]).toEqual([
    [fifth, fourth],
    [third, second, first],
  ])
})

it('[TH4] shows nothing that belongs beyond the loaded pages, until it is loaded', async () => {
  const { root, other, open } = await openDesk()
  const tickets = await open(5)
  const list = root.tickets.list()
  await hold(list)
  const before = shown(list)
  const [oldest = ''] = ids(tickets)
  const heard = new Promise((resolve) => root.on.ticket_updated(({ data }) => resolve(data._id)))
  await other.tickets.close(oldest)
  expect(await heard).toBe(oldest)
  expect(shown(list)).toEqual(before)
  await list.loadMore()
  expect(list.getSnapshot().items.at(-1)).toMatchObject({ _id: oldest, is_closed: true })
})

it('[TH4] a list whose tickets leave it loads on', async () => {
  const { root, other, open } = await openDesk()
  const tickets = newestFirst(await open(6))
  const list = root.tickets.list({ is_closed: false })
  await hold(list)
  for (const id of tickets.slice(0, 3)) await other.tickets.close(id)
  await until(list, ({ items }) => items.length === 3)
  expect(shown(list)).toEqual(tickets.slice(3))
})

it('[TH6] is loaded as far as it was after a reconnect, and shows what it had meanwhile', async () => {
  const { link, root, other, open } = await openDesk()
  const tickets = await open(12)
  const list = root.tickets.list()
  await hold(list)
  await list.loadMore()
  const before = shown(list)
  link.cut()
  const offline = await until(list, ({ sync }) => sync === 'offline')
  expect([offline.status, ids(offline.items)]).toEqual(['ready', before])
  const fewest: number[] = []
  list.subscribe(() => fewest.push(list.getSnapshot().items.length))
  const missed = await open(8)
  await other.tickets.close(before[0] ?? '')
  link.mend()
  const { items, hasMore } = await until(list, ({ sync }) => sync === 'live')
  // Pages as long as what was shown, until they reach to its end.
  expect(ids(items)).toEqual([...newestFirst(missed), ...newestFirst(tickets).slice(0, 10)])
  expect([items[8]?.is_closed, hasMore, Math.min(...fewest)]).toEqual([true, true, 6])
})

it('[TH7] is one list for one filter, whatever object it comes in', async () => {
  const { root } = await openDesk()
  const list = root.tickets.list({ product: 'Billing', is_closed: false })
  expect(root.tickets.list({ is_closed: false, product: ' billing' })).toBe(list)
  expect(root.tickets.list({ product: 'billing' })).not.toBe(list)
  expect(root.tickets.list({ product: undefined, is_closed: undefined })).toBe(root.tickets.list())
})
