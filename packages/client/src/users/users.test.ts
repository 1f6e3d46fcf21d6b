import { limits } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'

const isLive = ({ sync }: { sync: string }) => sync === 'live'

async function online(client: ChatClient): Promise<ChatClient> {
  onTestFinished(client.connect())
  await until(client.connection, ({ status }) => status === 'online')
  return client
}

/** Two people whose rows are written, a second after they came. */
async function openTwo() {
  const { server, client } = await openChat()
  const [ann, bob] = [
    await online(client('ann', { name: 'Ann' })),
    await online(client('bob', { name: 'Bob' })),
  ]
  const isWritten = async () => (await ann.request.get_users({ user_ids: ['ann', 'bob'] })).users.length === 2
  await expect.poll(isWritten).toBe(true)
  return { server, client, ann, bob }
}

it('[US7] loads all users that are asked for at the same time by one request, and each of them once', async () => {
  const { client } = await openTwo()
  const carl = await online(client('carl'))
  const asked: string[][] = []
  const { request } = carl
  const get = request.get_users
  Object.assign(request, {
    get_users(payload: { user_ids: string[] }) {
      asked.push(payload.user_ids)
      return get(payload)
    },
  })
  const many = Array.from({ length: 110 }, (_, n) => `user ${n}`)
  const users = [carl.users.get('ann'), carl.users.get('bob'), carl.users.get('nobody')]
  for (const { retain } of [...users, carl.users.list(['bob', ...many])]) onTestFinished(retain())
  const states = await Promise.all(users.map((user) => until(user, isLive)))
  expect(states.map(({ status, data, error }) => [status, data?.name ?? error?.code])).toEqual([
    ['ready', 'Ann'],
    ['ready', 'Bob'],
    ['error', 'not_found'],
  ])
  expect(asked.map(({ length }) => length)).toEqual([limits.users, 113 - limits.users])
  expect(new Set(asked.flat()).size).toBe(113)
  expect(carl.users.get('ann')).toBe(users[0])
})

it('[US7] keeps a user current, and the others as they are', async () => {
  const { ann, bob } = await openTwo()
  const [one, both] = [ann.users.get('bob'), ann.users.list(['bob', 'ann', 'bob'])]
  for (const { retain } of [one, both]) onTestFinished(retain())
  const before = await until(both, isLive)
  expect(before.items.map(({ name }) => name)).toEqual(['Bob', 'Ann'])
  const changed = await bob.users.updateMe({ name: ' Bo\u200b ', metadata: { team: 'blue' } })
  expect(changed.name).toBe('Bo')
  const { data: user } = await until(one, ({ data }) => data?.name === 'Bo')
  expect(user?.metadata).toEqual({ team: 'blue' })
  const after = both.getSnapshot()
  expect(after.items[0]).toEqual(user)
  expect(after.items[1]).toBe(before.items[1])
  expect(both.getSnapshot()).toBe(after)
})

it('[US7] finds users by what their names begin with, and blocks them', async () => {
  const { ann, bob } = await openTwo()
  expect((await ann.users.search(' BO ')).map(({ user_id }) => user_id)).toEqual(['bob'])
  await ann.users.block('bob')
  const call = bob.request.callUser({
    userToCall: 'ann',
    signalData: 'x',
    cid: '01a20e64-72ea-7efc-87b7-942b1d3f785e',
  })
  await expect(call).rejects.toMatchObject({ code: 'not_found' })
  await ann.users.unblock('bob')
  expect((await ann.request.get_blocked_users({})).blocked_users).toEqual([])
})

it('[US7] needs nothing for no users', async () => {
  const { client } = await openChat()
  const ann = await online(client('ann'))
  const none = ann.users.list([])
  expect(none.getSnapshot()).toEqual({
    status: 'ready',
    sync: 'live',
    error: null,
    items: [],
    hasMore: false,
  })
})
