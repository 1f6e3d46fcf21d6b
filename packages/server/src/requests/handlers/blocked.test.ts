import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { secret } from '../../../tests/support/foreign-tokens.ts'
import { enterAsGuest, logIn } from '../../../tests/support/guest-journey.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import { mostPairs } from '../../stores/store.ts'
import { openChat, type TestSocket } from '../../testing/connect.ts'

const cid = () => randomUUID()

/** Eve, whom ann has blocked; they have a room of their own and one with ben. */
async function openBlocked() {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  const { _id: direct } = await eve.request('create_room', { kind: 'direct', members: ['ann'], cid: cid() })
  await ann.request('block_user', { user_id: 'eve' })
  for (const socket of [ann, ben, eve]) await socket.heard()
  return { chat, ann, ben, eve, direct }
}

it('[MO9] lets nobody make somebody who has blocked them a member of a room', async () => {
  const { chat, ann, ben, eve } = await openBlocked()
  const create = (members: string[]) => ({ kind: 'members', members, cid: cid() })
  expect(await eve.refusal('create_room', create(['ben', 'ann']))).toBe('forbidden')
  const { _id: room } = await eve.request('create_room', { ...create(['ben']), kind: 'members' })
  expect(await eve.refusal('add_members', { room, members: ['ann'] })).toBe('forbidden')
  expect(await ann.heard()).toEqual([])
  const { _id: anns } = await ann.request('create_room', { ...create(['eve']), kind: 'members' })
  expect((await eve.request('get_room', { room: anns })).role).toBe('member')
  const { _id: bens } = await ben.request('create_room', { ...create(['eve']), kind: 'members' })
  expect((await ben.request('add_members', { room: bens, members: ['ann'] })).member_count).toBe(3)
  const root = await chat.connect('root', { role: 'admin' })
  await ann.request('block_user', { user_id: 'root' })
  expect((await root.request('add_members', { room, members: ['ann'] })).member_count).toBe(3)
})

it('[MO9] lets neither of two people change their direct room while one has blocked the other', async () => {
  const { ann, eve, direct } = await openBlocked()
  for (const socket of [ann, eve])
    expect(await socket.refusal('update_room', { room: direct, title: 'You fool' })).toBe('forbidden')
  expect(await ann.heard()).toEqual([])
  await ann.request('unblock_user', { user_id: 'eve' })
  expect((await eve.request('update_room', { room: direct, title: 'Sorry' })).title).toBe('Sorry')
})

it('[MO9] shows nobody who was blocked when somebody was last there, nor others whoever keeps it to themselves', async () => {
  const { ann, ben, eve } = await openBlocked()
  const seen = async (socket: TestSocket, payload: object = { user_ids: ['ann'] }) =>
    (await socket.request('get_users', payload)).users.map(({ last_seen_at }) => last_seen_at)
  await expect.poll(() => seen(ben)).toEqual([expect.any(String)])
  expect(await seen(eve)).toEqual([null])
  await expect.poll(() => seen(ann, { user_ids: ['eve'] })).toEqual([expect.any(String)])
  expect(await seen(eve, { text: 'ann' })).toEqual([null])
  // Nor does a change of theirs reach somebody who was blocked.
  for (const socket of [ben, eve]) await socket.heard()
  await ann.request('update_me', { name: 'Ann' })
  await ben.first('user_updated', ({ data }) => data.name === 'Ann')
  expect(await eve.heard()).toEqual([])
  await ann.request('set_preferences', { shows_presence: false })
  expect(await seen(ben)).toEqual([null])
})

it('[MO9] sends nobody changes of somebody whom they have asked for before they were blocked', async () => {
  const chat = await openChat(onTestFinished)
  const [ann, ben, eve] = [await chat.connect('ann'), await chat.connect('ben'), await chat.connect('eve')]
  for (const one of [ben, eve]) await one.request('get_users', { user_ids: ['ann'] })
  await ann.request('get_users', { user_ids: ['eve'] })
  await ann.request('block_user', { user_id: 'eve' })
  for (const socket of [ann, ben, eve]) await socket.heard()
  await ann.request('update_me', { name: 'Ann' })
  await ben.first('user_updated', ({ data }) => data.name === 'Ann')
  expect(await eve.heard()).toEqual([])
  // Who has blocked somebody goes on.
  await eve.request('update_me', { name: 'Eve' })
  await ann.first('user_updated', ({ data }) => data.name === 'Eve')
})

it('[MO9] lets neither of two people react, edit, pin or reply while one has blocked the other', async () => {
  const { ann, ben } = await openBlocked()
  const { _id: room } = await ann.request('create_room', { kind: 'direct', members: ['ben'], cid: cid() })
  const said = await ben.request('message_event', { room_id: room, message_data: 'x', cid: cid() })
  await ann.request('block_user', { user_id: 'ben' })
  const target = { stream: `room:${room}`, seq: said.seq, message_id: said._id, cid: cid() }
  const texts = { reaction: '👍', message_data: 'You fool' }
  for (const event of ['edit_message', 'react', 'pin_message', 'start_thread'])
    expect(await ben.refusal(event, { ...target, ...texts }), event).toBe('forbidden')
  expect((await ben.request('delete_message', target)).changed).toBe(true)
  expect(await ben.request('get_room_members', { room })).toMatchObject({ more: false })
})

it('[MO9] tells the devices of whoever blocks somebody, and nobody else', async () => {
  const { chat, ann, ben, eve } = await openBlocked()
  const tablet = await chat.connect('ann')
  await ann.request('block_user', { user_id: 'ben' })
  const pushed = (is_blocked: boolean) => ['block_changed', { blocked_by: 'ann', user_id: 'ben', is_blocked }]
  for (const socket of [ann, tablet]) expect(await socket.heard()).toEqual([pushed(true)])
  await ann.request('unblock_user', { user_id: 'ben' })
  for (const socket of [ann, tablet]) expect(await socket.heard()).toEqual([pushed(false)])
  for (const socket of [ben, eve]) expect(await socket.heard()).toEqual([])
})

it('[MO9, US6] covers who somebody was as a guest, whichever of the two it is', async () => {
  const chat = await openChat(onTestFinished, { tokens: { secrets: [secret] } })
  const { hello } = await enterAsGuest(chat)
  const { hello: other } = await enterAsGuest(chat)
  const guest = hello.user_id
  const ben = (await logIn(chat, 'ben')).socket
  const eve = (await logIn(chat, 'eve', { guest_token: other.guest_token })).socket
  const create = (kind: 'direct' | 'members') => ({ kind, members: [guest], cid: cid() })
  const { _id: direct } = await eve.request('create_room', create('direct'))
  const ann = (await logIn(chat, 'ann', { guest_token: hello.guest_token })).socket
  const write = { room_id: direct, message_data: 'You fool', cid: cid() }

  await ann.request('block_user', { user_id: 'eve' })

  expect(await eve.refusal('message_event', write)).toBe('forbidden')
  expect(await ann.refusal('message_event', write)).toBe('forbidden')
  for (const kind of ['direct', 'members'] as const)
    expect(await eve.refusal('create_room', create(kind)), kind).toBe('forbidden')
  expect((await ben.request('create_room', create('members'))).member_count).toBe(2)
  await ann.request('unblock_user', { user_id: 'eve' })
  await eve.request('message_event', write)
  // Whom she met as a guest.
  await ann.request('block_user', { user_id: other.user_id })
  expect(await eve.refusal('message_event', { ...write, cid: cid() })).toBe('forbidden')
})

it('[PR3, PR4] hides everybody who has blocked somebody from them, however many these are', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const chat = await openChat(onTestFinished, { store })
  const [eve, zoe] = [await chat.connect('eve'), await chat.connect('zoe')]
  await chat.connect('zac')
  const blockers = Array.from({ length: mostPairs }, (_, n) => `ann-${n}`)
  for (const one of [...blockers, 'zoe']) await store.blocks.create('demo', one, 'eve')
  const seen = await eve.request('get_presence', { user_ids: ['zac', 'zoe', 'ann-1'] })
  expect(seen.presences.map(({ user_id }) => user_id)).toEqual(['zac'])
  for (const socket of [eve, zoe]) await socket.request('join', { room: 'lobby' })
  await zoe.heard()
  await eve.request('typing', { stream: 'room:lobby', is_typing: true })
  expect(await zoe.heard()).toEqual([])
})
