import { expect, it, onTestFinished, vi } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { createFakeClient } from '../fake-client/index.ts'
import { openChat, until } from '../testing/chat.ts'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

it('[MO17] knows whom the user has blocked, on all devices', async () => {
  const { client } = await openChat()
  const [phone, tablet] = [await online(client('ann')), await online(client('ann'))]
  await phone.users.block('eve')
  const isBlocked = tablet.users.isBlocked('eve')
  expect(isBlocked.getSnapshot()).toBe(false)
  const heard: boolean[] = []
  onTestFinished(isBlocked.subscribe(() => heard.push(isBlocked.getSnapshot())))
  await until(isBlocked, (is) => is)
  await phone.users.block('bob')
  await until(tablet.users.blocked, (ids) => ids.has('bob'))
  await phone.users.unblock('eve')
  await until(isBlocked, (is) => !is)
  expect(heard).toEqual([true, false])
  expect([...tablet.users.blocked.getSnapshot()]).toEqual(['bob'])
  expect(tablet.users.isBlocked('eve')).toBe(isBlocked)
})

it('[MO17] asks once, when somebody looks, and nothing for guests', async () => {
  const fake = createFakeClient()
  await fake.ready()
  const asked = (one: typeof fake) => one.requests.filter(({ name }) => name === 'get_blocked_users').length
  expect(asked(fake)).toBe(0)
  fake.answer('get_blocked_users', ({ before }) => ({
    blocked_users: [
      { user_id: before === undefined ? 'eve' : 'bob', blocked_at: '2026-01-01T00:00:00.000Z' },
    ],
    more: before === undefined,
  }))
  for (const id of ['eve', 'bob', 'zoe']) onTestFinished(fake.users.isBlocked(id).subscribe(() => {}))
  await until(fake.users.blocked, (ids) => ids.size === 2)
  expect(asked(fake)).toBe(2)
  // A load that finds the same changes nothing.
  const ids = fake.users.blocked.getSnapshot()
  fake.goOffline()
  await fake.goOnline()
  await expect.poll(() => asked(fake)).toBe(4)
  fake.push('block_changed', { blocked_by: 'ann', user_id: 'eve', is_blocked: true })
  expect(fake.users.blocked.getSnapshot()).toBe(ids)

  const { server } = await openChat({ workspaces: [{ id: 'demo', keys: ['demo-key'], guests: true }] })
  const guest = createChatClient({ url: server.url, auth: { workspace_id: 'demo', guest: true } })
  onTestFinished(() => guest.close())
  const get = vi.spyOn(guest.request, 'get_blocked_users')
  await online(guest)
  onTestFinished(guest.users.blocked.subscribe(() => {}))
  await guest.request.get_all_topics({})
  expect(get).not.toHaveBeenCalled()
})
