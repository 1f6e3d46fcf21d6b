import { openLink } from '@dowellchat/browser'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ChatClient } from '../client.ts'
import { createFakeClient } from '../fake-client/index.ts'
import { openChat, openClient, until } from '../testing/chat.ts'
import { helloOf, openFakeServer, refusalOf } from '../testing/fake-server.ts'
import { uuid } from '../uuid.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** An admin with a link that can be cut, and a topic. */
async function openDesk() {
  const { server, client } = await openChat()
  const link = await openLink(server.url)
  const root = await online(openClient(link.url, 'root', { role: 'admin' }))
  await root.topics.create({ name: 'billing' })
  return { link, root, other: await online(client('other', { role: 'admin' })) }
}

it('[TH9] opens one ticket when the answer is lost with the connection', async () => {
  const { link, root, other } = await openDesk()
  const lost = link.lose('create_ticket')
  const created = root.tickets.create({ product: 'billing' })
  await lost
  link.cut()
  await until(root.connection, ({ status }) => status === 'offline')
  link.mend()
  const ticket = await created
  const { tickets } = await other.request.get_tickets({})
  expect(tickets.map(({ _id }) => _id)).toEqual([ticket._id])
})

it('[TH9] creates what is asked for while the connection is away, once it is back', async () => {
  const { link, root, other } = await openDesk()
  link.cut()
  await until(root.connection, ({ status }) => status === 'offline')
  const created = root.rooms.create({ kind: 'members', title: 'Design', members: ['other'] })
  link.mend()
  const room = await created
  expect((await other.request.get_rooms({})).rooms.map(({ _id }) => _id)).toEqual([room._id])
})

it('[TH9] makes one thing of one cid, of every kind', async () => {
  const { root } = await openDesk()
  const cid = uuid()
  const rank = { positions_in_a_line: 1, average_serving_time: 5 }
  const room = await root.rooms.create({ kind: 'members', members: ['ben'], cid })
  const twice = {
    room: [room, await root.rooms.create({ kind: 'members', members: ['ben'], cid })],
    topic: [
      await root.topics.create({ name: 'Sales', cid }),
      await root.topics.create({ name: 'sales', cid }),
    ],
    manager: [
      await root.lineManagers.create({ user_id: 'meg', ...rank, cid }),
      await root.lineManagers.create({ user_id: 'meg', ...rank, cid }),
    ],
    ticket: [
      await root.tickets.create({ product: 'billing', cid }),
      await root.tickets.create({ product: 'Billing', cid }),
    ],
  }
  for (const [first, second] of Object.values(twice)) expect(second?._id).toBe(first?._id)
  const invites = [
    await root.rooms.createInvite(room._id, { cid }),
    await root.rooms.createInvite(room._id, { cid }),
  ]
  expect(invites[1]?.invite).toBe(invites[0]?.invite)
})

it('[TH9] gives up after four tries under one cid, and at once where trying again is no use', async () => {
  const failure = (code: 'unavailable' | 'conflict') => ({
    status: 'failure',
    data: 'No',
    error: refusalOf(code),
  })
  const { url, received } = await openFakeServer({
    admit: () => helloOf('ann'),
    answers: { create_ticket: () => failure('unavailable'), create_topic: () => failure('conflict') },
  })
  const ann = await online(openClient(url, 'ann'))
  // How long it waits between two tries is random, up to some seconds.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.05)
  onTestFinished(() => random.mockRestore())
  await expect(ann.tickets.create({ product: 'billing' })).rejects.toMatchObject({
    code: 'unavailable',
    retryable: true,
  })
  const payloads = received.map(([, payload]) => payload as { readonly cid: string })
  expect([payloads.length, new Set(payloads.map(({ cid }) => cid)).size]).toEqual([4, 1])
  await expect(ann.topics.create({ name: 'billing' })).rejects.toMatchObject({ code: 'conflict' })
  expect(received).toHaveLength(5)
})

it('[TH9] does not wait for a connection that nobody wants', async () => {
  const { client } = await openChat()
  const idle = client('idle')
  await expect(idle.tickets.create({ product: 'billing' })).rejects.toMatchObject({ code: 'unavailable' })
})

it('[TH9] gives up after half a minute, though the device’s clock is set back meanwhile', async () => {
  const ann = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => ann.close())
  await ann.ready()
  const create = () => ann.rooms.create({ kind: 'members', members: [] })
  // The code for it is loaded.
  await create()
  ann.goOffline()
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const end = create().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(1_000)
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(await end).toMatchObject({ code: 'unavailable', retryable: true })
})
