import { memo } from 'react'
import { expect, it, onTestFinished } from 'vitest'
import type { ListedRoom } from '../entities.ts'
import { createFakeClient, fixtures } from '../fake-client/index.ts'
import { message, roomOf } from '../rooms/testing/listed.ts'
import { ChatProvider } from './chat-provider.tsx'
import { skip } from './skip.ts'
import { mount, mountHook } from './testing/mount.tsx'
import { useReceipts } from './use-receipts.ts'
import { useRoomActions } from './use-room-actions.ts'
import { useRooms } from './use-rooms.ts'
import { useUnread } from './use-unread.ts'

function openFake() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const rooms = [roomOf('a', 9), roomOf('b', 9), roomOf('muted', 8, { is_muted: true })]
  fake.answer('get_rooms', ({ is_archived }) => ({ rooms: is_archived ? [] : (rooms as never), more: false }))
  const activity = (room: string, nth: number) => {
    const last = message(room, nth)
    fake.push('room_activity', { rooms: [{ room, head: { seq: nth, nth, id: last._id }, last }] })
  }
  return { fake, activity }
}

it('[LR1] renders one item where one room has news, and no badge for a muted room', async () => {
  const { fake, activity } = openFake()
  const renders: Record<string, number> = { list: 0, badge: 0, a: 0, b: 0, muted: 0 }
  const note = (name: string): void => {
    renders[name] = (renders[name] ?? 0) + 1
  }
  const Item = memo(function Item({ room }: { room: ListedRoom }) {
    note(room._id)
    return <li>{`${room._id} ${room.reader.unread}`}</li>
  })
  function List() {
    note('list')
    return useRooms().rooms.map((room) => <Item key={room._id} room={room} />)
  }
  function Badge() {
    note('badge')
    return <b>{useUnread().unread}</b>
  }
  const { container } = mount(
    <ChatProvider client={fake}>
      <Badge />
      <List />
    </ChatProvider>,
  )
  await expect.poll(() => container.textContent).toBe('0a 0b 0muted 0')
  const before = { ...renders }
  const since = () => Object.entries(renders).map(([name, count]) => [name, count - (before[name] ?? 0)])
  activity('b', 10)
  await expect.poll(() => container.textContent).toBe('1b 1a 0muted 0')
  expect(Object.fromEntries(since())).toEqual({ list: 1, badge: 1, a: 0, b: 1, muted: 0 })
  activity('muted', 9)
  await expect.poll(() => container.textContent).toBe('1b 1a 0muted 1')
  expect(Object.fromEntries(since())).toEqual({ list: 2, badge: 1, a: 0, b: 1, muted: 1 })
})

it('[LR5] keeps a room, and shows why that failed', async () => {
  const { fake } = openFake()
  const page = mountHook(fake, () => [useRoomActions(), useRooms(), useRooms(skip)] as const)
  await expect.poll(() => page.answer?.[1].rooms.length).toBe(3)
  expect(page.answer?.[2]).toMatchObject({ status: 'skipped', rooms: [] })
  fake.fail('keep_room', 'limit_reached', 'Too many are pinned')
  page.answer?.[0].keep('b', { is_pinned: true }).catch(() => {})
  await expect.poll(() => page.answer?.[0].error?.message).toBe('Too many are pinned')
  expect(page.answer?.[1].rooms[0]?._id).toBe('a')
  // What is done next says nothing of what failed before.
  fake.answer('update_room', () => fixtures.room({ _id: 'b', title: 'B' }))
  page.answer?.[0].update('b', { title: 'B' }).catch(() => {})
  await expect.poll(() => page.answer?.[0].error).toBe(null)
})

it('[LR10] says who has read a message of a room or a ticket', async () => {
  const { fake } = openFake()
  fake.answer('get_receipts', ({ stream, of }) => ({
    receipts: of === undefined ? [fixtures.receipt({ user_id: stream, nth: 5 })] : [],
    count: of === undefined ? null : 70,
  }))
  const page = mountHook(
    fake,
    () => [useReceipts('a'), useReceipts({ ticket: 't' }), useReceipts('a', 7), useReceipts(skip)] as const,
  )
  await expect
    .poll(() => page.answer?.map(({ status }) => status))
    .toEqual([...['ready', 'ready', 'ready', 'skipped']])
  const [room, ticket, large, none] = page.answer ?? []
  expect(room?.readersOf(5)).toEqual({ user_ids: ['room:a'], count: 1 })
  expect(room?.readersOf(6)).toEqual({ user_ids: [], count: 0 })
  expect(ticket?.readersOf(1).user_ids).toEqual(['ticket:t'])
  expect(large?.readersOf(7)).toEqual({ user_ids: [], count: 70 })
  expect(large?.readersOf(6)).toEqual({ user_ids: [], count: null })
  expect(none?.readersOf(1)).toEqual({ user_ids: [], count: 0 })
})
