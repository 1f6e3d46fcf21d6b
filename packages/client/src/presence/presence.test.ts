import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { createFakeClient } from '../fake-client/create-fake-client.ts'
import { openChat, until } from '../testing/chat.ts'

async function connected(client: ChatClient): Promise<ChatClient> {
  client.connect()
  await client.ready()
  return client
}

it('[PR23] follows whether users are there', async () => {
  const { client } = await openChat()
  const ann = await connected(client('ann'))
  const users = ann.presence.users(['ben', 'eve'])
  onTestFinished(users.retain())
  const of = (id: string) => users.getSnapshot().data?.get(id)
  await until(users, ({ status }) => status === 'ready')
  expect(of('ben')).toEqual({
    ...{ user_id: 'ben', availability: 'offline', status_text: null, last_seen_at: null },
  })
  const before = users.getSnapshot().data?.get('eve')
  const ben = await connected(client('ben'))
  await until(users, () => of('ben')?.availability === 'online')
  expect(of('eve')).toBe(before)
  expect(ann.presence.users(['eve', 'ben', 'eve'])).toBe(users)
  await ben.presence.set({ availability: 'away', status_text: ' Lunch ' })
  await until(users, () => of('ben')?.status_text === 'Lunch')
  expect(of('ben')?.availability).toBe('away')
  ben.close()
  await until(users, () => of('ben')?.availability === 'offline')
  expect(of('ben')?.last_seen_at).toEqual(expect.any(String))
})

it('[PR23] loads all that is asked for in one turn by as few requests as there can be', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const some = Array.from({ length: 120 }, (_, at) => fake.presence.users([`user ${at}`]))
  for (const one of some) onTestFinished(one.retain())
  for (const one of some) await until(one, ({ status }) => status === 'ready')
  const asked = fake.requests.filter(({ name }) => name === 'get_presence')
  expect(asked).toHaveLength(2)
  const none = fake.presence.users([])
  onTestFinished(none.retain())
  await until(none, ({ status }) => status === 'ready')
  expect(fake.requests.filter(({ name }) => name === 'get_presence')).toHaveLength(2)
})

it('[PR23] begins with what is known already of those who are followed with others', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const of = (user_id: string) =>
    ({ user_id, availability: 'online', status_text: null, last_seen_at: null }) as const
  fake.answer('get_presence', ({ user_ids }) => ({ presences: user_ids.map(of) }))
  const ben = fake.presence.users(['ben', 'dan'])
  onTestFinished(ben.retain())
  await until(ben, ({ status }) => status === 'ready')
  const release = fake.hold('get_presence')
  const both = fake.presence.users(['ben', 'cem'])
  onTestFinished(both.retain())
  expect(both.getSnapshot()).toMatchObject({ status: 'ready', sync: 'catching_up' })
  expect([...(both.getSnapshot().data ?? [])]).toEqual([['ben', of('ben')]])
  release()
  await until(both, ({ sync, data }) => sync === 'live' && data?.size === 2)
})

it('[PR23] keeps what is pushed while it is loaded, and shows nobody where nothing is told', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const release = fake.hold('get_presence')
  const users = fake.presence.users(['ben', 'cem'])
  onTestFinished(users.retain())
  await expect.poll(() => fake.requests.map(({ name }) => name)).toContain('get_presence')
  const plain = { status_text: null, last_seen_at: null, availability: 'online' } as const
  for (const user_id of ['ben', 'cem']) fake.push('presence_changed', { presences: [{ user_id, ...plain }] })
  fake.answer('get_presence', () => ({ presences: [] }))
  release()
  await until(users, ({ status }) => status === 'ready')
  expect([...(users.getSnapshot().data?.keys() ?? [])]).toEqual(['ben', 'cem'])

  fake.fail('get_presence', 'forbidden')
  const nobody = fake.presence.users(['dan'])
  onTestFinished(nobody.retain())
  await until(nobody, ({ status }) => status === 'ready')
  expect(nobody.getSnapshot().data?.size).toBe(0)
})

it('[PR23] asks again after a reconnect', async () => {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const users = fake.presence.users(['ben'])
  onTestFinished(users.retain())
  await until(users, ({ status }) => status === 'ready')
  fake.goOffline()
  await until(users, ({ sync }) => sync === 'offline')
  expect(users.getSnapshot().data?.size).toBe(1)
  const plain = { user_id: 'ben', availability: 'online', status_text: null, last_seen_at: null } as const
  fake.answer('get_presence', () => ({ presences: [plain] }))
  await fake.goOnline()
  await until(users, ({ data }) => data?.get('ben')?.availability === 'online')
})

it('[PR24] follows who is in a room, which it joins', async () => {
  const { client } = await openChat()
  const [ann, ben] = [await connected(client('ann')), await connected(client('ben'))]
  const room = ann.presence.room('lobby')
  const letGo = room.retain()
  await until(room, ({ data }) => data?.user_ids.join() === 'ann')
  const other = ben.presence.room('lobby')
  onTestFinished(other.retain())
  await until(room, ({ data }) => data?.count === 2)
  await until(other, ({ data }) => data?.user_ids.join() === 'ann,ben')
  letGo()
  await until(other, ({ data }) => data?.user_ids.join() === 'ben')
})

it('[PR25] shows how the user is shown, and changes it on all their devices', async () => {
  const { client } = await openChat()
  const [ann, phone, ben] = [
    await connected(client('ann')),
    await connected(client('ann')),
    await connected(client('ben')),
  ]
  const [own, there] = [ann.presence.own(), phone.presence.own()]
  for (const one of [own, there]) {
    onTestFinished(one.retain())
    await until(one, ({ status }) => status === 'ready')
  }
  const seen = ann.presence.users(['ben'])
  onTestFinished(seen.retain())
  await until(seen, ({ data }) => data?.get('ben')?.availability === 'online')
  await ann.presence.set({ availability: 'away', status_text: 'Lunch' })
  for (const one of [own, there]) await until(one, ({ data }) => data?.presence.status_text === 'Lunch')
  await ann.presence.set({ status_text: '' })
  await until(there, ({ data }) => data?.presence.status_text === null)
  expect(there.getSnapshot().data?.presence.availability).toBe('away')

  await ann.presence.setPreferences({ shows_presence: false })
  expect(own.getSnapshot().data?.preferences).toEqual({ sends_receipts: true, shows_presence: false })
  await until(seen, ({ data }) => data?.size === 0)
  await until(there, ({ data }) => data?.preferences.shows_presence === false)
  const ofAnn = ben.presence.users(['ann'])
  onTestFinished(ofAnn.retain())
  await until(ofAnn, ({ data }) => data?.get('ann')?.availability === 'offline')
  await ann.presence.setPreferences({ shows_presence: true })
  await until(seen, ({ data }) => data?.get('ben')?.availability === 'online')
  await until(ofAnn, ({ data }) => data?.get('ann')?.availability === 'away')
})
