import { expect, it, onTestFinished } from 'vitest'
import type { ChatClient } from '../client.ts'
import type { StreamState } from '../messages/stream-state.ts'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'

const texts = ({ messages }: StreamState): string[] => textsOf(messages)

/** Ann and ben, online. */
async function openTwo(): Promise<{ ann: ChatClient; ben: ChatClient }> {
  const { client } = await openChat()
  const clients = { ann: client('ann'), ben: client('ben') }
  for (const one of Object.values(clients)) {
    onTestFinished(one.connect())
    await until(one.connection, ({ status }) => status === 'online')
  }
  return clients
}

it('lists the rooms that one is in, as they are created, changed, closed and left', async () => {
  const { ann, ben } = await openTwo()
  const list = ben.rooms.list()
  onTestFinished(list.retain())
  await until(list, ({ sync }) => sync === 'live')

  const first = await ann.rooms.create({ kind: 'members', title: 'First', members: ['ben'] })
  const direct = await ann.rooms.create({ kind: 'direct', members: ['ben'] })
  expect((await until(list, ({ items }) => items.length === 2)).items).toMatchObject([direct, first])
  await ann.rooms.update(first._id, { title: 'Renamed' })
  await until(list, ({ items }) => items[1]?.title === 'Renamed')
  const second = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  await until(list, ({ items }) => items.length === 3)
  await ben.rooms.leave(first._id)
  await ann.rooms.close(second._id)
  expect((await until(list, ({ items }) => items.length === 1)).items).toMatchObject([direct])
  await list.reload()
  expect(list.getSnapshot().items).toMatchObject([direct])
})

it('keeps members and what is known of a room current', async () => {
  const { ann, ben } = await openTwo()
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  const [members, info] = [ben.rooms.members(room), ben.rooms.get(room)]
  for (const list of [members, info]) onTestFinished(list.retain())
  await until(members, ({ sync }) => sync === 'live')
  await until(info, ({ sync }) => sync === 'live')
  expect(members.getSnapshot().items.map(({ user_id, role }) => [user_id, role])).toEqual([
    ['ann', 'owner'],
    ['ben', 'member'],
  ])

  await ann.rooms.addMembers(room, ['carl', 'abe'])
  const names = () => members.getSnapshot().items.map(({ user_id }) => user_id)
  await until(members, ({ items }) => items.length === 4)
  expect(names()).toEqual(['abe', 'ann', 'ben', 'carl'])
  await ann.rooms.removeMembers(room, ['carl'])
  await ann.rooms.leave(room)
  await until(info, ({ data }) => data?.role === 'owner')
  expect(info.getSnapshot().data).toMatchObject({ room: { owner: 'ben', member_count: 2 } })
  await until(members, ({ items }) => items.length === 2)
  expect(members.getSnapshot().items).toMatchObject([{ user_id: 'abe' }, { user_id: 'ben', role: 'owner' }])
})

it('ends a room for whoever is removed, forgets its messages, and joins again once they are back', async () => {
  const { ann, ben } = await openTwo()
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  const stream = ben.rooms.messages(room)
  const members = ben.rooms.members(room)
  for (const one of [stream, members]) onTestFinished(one.retain())
  await until(stream, ({ sync }) => sync === 'live')
  await ann.rooms.messages(room).send('hello')
  await until(stream, (state) => texts(state).length === 1)

  await ann.rooms.removeMembers(room, ['ben'])
  const ended = await until(stream, ({ status }) => status === 'error')
  expect(ended).toMatchObject({ messages: [], hasOlder: false, sync: 'offline' })
  expect(ended.error).toMatchObject({ code: 'not_found' })
  await until(members, ({ error }) => error !== null)
  await ann.rooms.messages(room).send('without ben')
  expect(stream.getSnapshot()).toBe(ended)

  const { invite } = await ann.rooms.createInvite(room)
  await ben.rooms.acceptInvite(invite)
  const back = await until(stream, ({ sync }) => sync === 'live')
  expect(texts(back)).toEqual(['hello', 'without ben'])
  await until(members, ({ items, error }) => error === null && items.length === 2)
})

it('ends a room that is closed', async () => {
  const { ann, ben } = await openTwo()
  const { _id: room } = await ann.rooms.create({ kind: 'members', members: ['ben'] })
  const stream = ben.rooms.messages(room)
  onTestFinished(stream.retain())
  await until(stream, ({ sync }) => sync === 'live')
  await ann.rooms.close(room)
  expect(await until(stream, ({ status }) => status === 'error')).toMatchObject({
    error: { code: 'not_found' },
  })
})
