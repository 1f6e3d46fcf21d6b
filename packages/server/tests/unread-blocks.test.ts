import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { leave, roomOf, say, unreadScene } from './support/unread-scene.ts'

it('[WH26] tells nobody of messages of those whom they have blocked', async () => {
  const { chat, told, pass, shown } = await unreadScene()
  const [ann, room] = await roomOf(chat, ['ann', 'ben', 'cleo', 'dora', 'eve'])
  const [ben, dora, eve] = [await chat.connect('ben'), await chat.connect('dora'), await chat.connect('eve')]
  for (const one of [ben, dora]) await one.request('block_user', { user_id: 'eve' })
  await say(eve, room, 'Read this')
  await leave(chat, ben, dora)
  await pass(3)
  await expect.poll(() => shown().sort()).toEqual([`cleo room:${room}`])

  // Of others they are, and shown what these have said.
  await say(ann, room, 'Hello')
  await say(eve, room, 'Read this, too')
  await pass(3)
  await expect.poll(() => shown().sort()).toEqual(['ben', 'cleo', 'dora'].map((one) => `${one} room:${room}`))
  const ofBen = told.find(({ user_id }) => user_id === 'ben')
  expect(ofBen).toMatchObject({ unread: 1, message: { author: 'ann', message_data: 'Hello' } })
})

it('[WH26] tells nobody of a call of somebody whom they have blocked since', async () => {
  const { chat, told, pass, shown } = await unreadScene()
  const eve = await chat.connect('eve')
  const ann = await chat.connect('ann')
  await leave(chat, await chat.connect('ben'))
  await expect.poll(async () => (await eve.request('get_users', { user_ids: ['ben'] })).users.length).toBe(1)
  const call = () => ({ userToCall: 'ben', signalData: 'x', cid: randomUUID() })
  await eve.ask('callUser', call())
  await ann.ask('callUser', call())
  const ben = await chat.connect('ben')
  await ben.request('block_user', { user_id: 'eve' })
  await pass(1)
  await expect.poll(shown).toEqual(['ben ann'])
  await pass(1)
  expect(told).toHaveLength(1)
})
