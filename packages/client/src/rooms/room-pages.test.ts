import { expect, it, onTestFinished } from 'vitest'
import { createChatClient } from '../client.ts'
import { authOf, openChat, until } from '../testing/chat.ts'

/** Ann, with pages of three, and ben. */
async function openTwo() {
  const { server, client } = await openChat()
  const ann = createChatClient({ url: server.url, auth: authOf('ann'), pageSize: 3 })
  onTestFinished(() => ann.close())
  const ben = client('ben')
  for (const one of [ann, ben]) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  return { ann, ben }
}

it('[TH3] lists rooms page by page, and what comes later in front', async () => {
  const { ann, ben } = await openTwo()
  const titles = ['1', '2', '3', '4', '5']
  for (const title of titles) await ann.rooms.create({ kind: 'members', title, members: ['ben'] })
  const list = ann.rooms.list()
  onTestFinished(list.retain())
  const shown = () => list.getSnapshot().items.map(({ title }) => title)
  expect(await until(list, ({ sync }) => sync === 'live')).toMatchObject({ hasMore: true })
  expect(shown()).toEqual(['5', '4', '3'])
  await ben.rooms.create({ kind: 'members', title: '6', members: ['ann'] })
  await until(list, ({ items }) => items.length === 4)
  expect(await list.loadMore()).toBe(false)
  expect(shown()).toEqual(['6', '5', '4', '3', '2', '1'])
})

it('[TH3] lists members page by page, and shows who comes where they belong', async () => {
  const { ann } = await openTwo()
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['b1', 'b2', 'c1', 'c2', 'd1'] })
  const members = ann.rooms.members(room)
  onTestFinished(members.retain())
  const shown = () => members.getSnapshot().items.map(({ user_id }) => user_id)
  await until(members, ({ sync }) => sync === 'live')
  expect(shown()).toEqual(['ann', 'b1', 'b2'])
  await ann.rooms.addMembers(room, ['abe', 'd2'])
  await until(members, ({ items }) => items.length === 4)
  expect(shown()).toEqual(['abe', 'ann', 'b1', 'b2'])
  await ann.rooms.removeMembers(room, ['b1'])
  expect(await members.loadMore()).toBe(true)
  expect(shown()).toEqual(['abe', 'ann', 'b2', 'c1', 'c2', 'd1'])
  expect(await members.loadMore()).toBe(false)
  expect(shown()).toEqual(['abe', 'ann', 'b2', 'c1', 'c2', 'd1', 'd2'])
})
