import { expect, it, onTestFinished } from 'vitest'
import { uuid as newCid } from '../uuid.ts'
import { createFakeClient, fixtures } from './index.ts'

async function openFake(...args: Parameters<typeof createFakeClient>) {
  const fake = createFakeClient(...args)
  onTestFinished(() => fake.close())
  await fake.ready()
  return fake
}

/** Holds something until the end of the test. */
function held<T extends { retain(): () => void }>(one: T): T {
  onTestFinished(one.retain())
  return one
}

it('[KT14] lists a room as soon as it is made, and knows it, its members and what becomes of them', async () => {
  const fake = await openFake()
  const list = held(fake.rooms.list())
  const titles = () => list.getSnapshot().items.map(({ title }) => title)
  await expect.poll(() => list.getSnapshot().sync).toBe('live')
  const draft = { kind: 'members' as const, title: 'Design', members: ['bob'], cid: newCid() }
  const room = await fake.rooms.create(draft)
  expect(room).toMatchObject({
    _id: expect.stringMatching(/^~/),
    kind: 'members',
    owner: 'ann',
    member_count: 2,
  })
  await expect.poll(titles).toEqual(['Design'])
  expect(await fake.rooms.create(draft)).toEqual(room)

  const [info, members] = [held(fake.rooms.get(room._id)), held(fake.rooms.members(room._id))]
  const idsOf = () => members.getSnapshot().items.map(({ user_id, role }) => `${user_id} ${role}`)
  await expect.poll(() => info.getSnapshot().data).toMatchObject({ room, role: 'owner' })
  await expect.poll(idsOf).toEqual(['ann owner', 'bob member'])
  await fake.rooms.update(room._id, { title: 'Sketches' })
  await expect.poll(titles).toEqual(['Sketches'])
  expect(await fake.rooms.addMembers(room._id, ['cem', 'bob'])).toMatchObject({
    _id: room._id,
    member_count: 3,
  })
  await expect.poll(idsOf).toEqual(['ann owner', 'bob member', 'cem member'])
  await fake.rooms.mute(room._id, 'cem', 60_000)
  await expect.poll(() => members.getSnapshot().items[2]?.muted_until).toEqual(expect.any(String))
  await fake.rooms.removeMembers(room._id, ['bob'])
  await expect.poll(idsOf).toEqual(['ann owner', 'cem member'])
  expect(info.getSnapshot().data?.room).toMatchObject({ title: 'Sketches', member_count: 2 })
  expect(await fake.rooms.close(room._id)).toMatchObject({ _id: room._id, closed_at: expect.any(String) })
  await expect.poll(titles).toEqual([])
})

it('[KT14] has one room of two people, which names both', async () => {
  const fake = await openFake()
  const direct = await fake.rooms.create({ kind: 'direct', members: ['bob'] })
  expect(direct).toMatchObject({ kind: 'direct', owner: null, member_count: 2 })
  expect(await fake.rooms.create({ kind: 'direct', members: ['bob'] })).toEqual(direct)
  const other = await fake.rooms.create({ kind: 'direct', members: ['cem'] })
  expect(other).not.toEqual(direct)
  const { rooms } = await fake.request.get_rooms({})
  expect(rooms.map(({ peers }) => peers?.join()).sort()).toEqual(['ann,bob', 'ann,cem'])
})

it('[KT14] knows the rooms that the test answers and pushes, and whom it lets in', async () => {
  const fake = await openFake()
  const [made, given] = [
    fixtures.room({ _id: '~made', kind: 'members', title: 'Made', owner: 'bob', version: 3 }),
    fixtures.listedRoom({ _id: '~given', kind: 'members', title: 'Given', owner: 'ann', version: 5 }),
  ]
  fake.answer('get_rooms', () => ({ rooms: [given], more: false }))
  await fake.request.get_rooms({})
  fake.succeed('get_rooms')
  expect(await fake.rooms.update('~given', { title: 'Changed' })).toMatchObject({
    title: 'Changed',
    version: 6,
  })
  fake.push('room_updated', { data: made })
  const member = {
    role: 'member',
    joined_at: made.created_at ?? '2026-01-01T09:00:00.000Z',
    muted_until: null,
  } as const
  fake.push('member_changed', { room: '~made', version: 3, changes: [{ user_id: 'ann', ...member }] })
  const listed = async () => (await fake.request.get_rooms({})).rooms.map(({ title }) => title)
  expect(await listed()).toEqual(['Made'])
  expect(await fake.request.get_room({ room: '~made' })).toMatchObject({
    room: { owner: 'bob' },
    role: 'member',
  })
  fake.answer('get_room_members', () => ({ members: [fixtures.roomMember({ user_id: 'dan' })], more: false }))
  await fake.request.get_room_members({ room: '~made' })
  fake.succeed('get_room_members')
  expect((await fake.request.get_room_members({ room: '~made' })).members).toMatchObject([{ user_id: 'dan' }])
  const gone = { role: null, joined_at: null, muted_until: null }
  fake.push('member_changed', { room: '~made', version: 4, changes: [{ user_id: 'ann', ...gone }] })
  expect(await listed()).toEqual([])
})

it('[KT14] hands a room on when its owner leaves, and takes an invite', async () => {
  const fake = await openFake()
  const { _id: room } = await fake.rooms.create({ kind: 'members', members: ['bob'] })
  const { invite } = await fake.rooms.createInvite(room)
  await fake.rooms.leave(room)
  expect((await fake.request.get_rooms({})).rooms).toEqual([])
  expect((await fake.request.get_room({ room })).room).toMatchObject({ owner: 'bob', member_count: 1 })
  expect(await fake.rooms.acceptInvite(invite)).toMatchObject({ _id: room, member_count: 2 })
  expect((await fake.request.get_rooms({})).rooms).toMatchObject([{ _id: room }])
  expect(await fake.request.get_room({ room: 'lobby' })).toMatchObject({
    room: { _id: 'lobby', kind: 'open' },
  })
})
