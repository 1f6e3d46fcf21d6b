import { expect, it } from 'vitest'
import { openChat } from '../testing/chat.ts'
import { skip } from './skip.ts'
import { mountHook } from './testing/mount.tsx'
import { useAcceptInvite, useCreateInvite } from './use-invite-actions.ts'
import { useRoom } from './use-room.ts'
import { useCreateRoom, useRemoveMembers } from './use-room-actions.ts'
import { useRoomMembers } from './use-room-members.ts'
import { useRooms } from './use-rooms.ts'

it('creates a room, shows it to its members, and invites somebody', async () => {
  const { client } = await openChat()
  const ann = mountHook(client('ann'), () => [useCreateRoom(), useRooms()] as const)
  const ben = mountHook(client('ben'), () => [useAcceptInvite(), useRooms()] as const)
  for (const { client } of [ann, ben])
    await expect.poll(() => client.connection.getSnapshot().status).toBe('online')
  const room = await ann.answer?.[0].createRoom({ kind: 'members', title: 'Design', members: ['cat'] })
  const id = room?._id ?? ''
  await expect.poll(() => ann.answer?.[1].rooms).toMatchObject([{ _id: id, title: 'Design' }])

  const owner = mountHook(
    ann.client,
    () => [useCreateInvite(), useRoomMembers(id), useRoom(id), useRemoveMembers()] as const,
  )
  await expect.poll(() => owner.answer?.[1].members.length).toBe(2)
  await expect.poll(() => owner.answer?.[2]).toMatchObject({ room: { title: 'Design' }, role: 'owner' })
  expect(owner.answer?.[2].can('add_members')).toBe(true)
  const invite = await owner.answer?.[0].createInvite(id, { uses: 1 })
  await ben.answer?.[0].acceptInvite(invite?.invite ?? '')
  await expect.poll(() => ben.answer?.[1].rooms).toMatchObject([{ _id: id, member_count: 3 }])
  await expect
    .poll(() => owner.answer?.[1].members.map(({ user_id }) => user_id))
    .toEqual(['ann', 'ben', 'cat'])
  await owner.answer?.[3].removeMembers(id, ['ben'])
  await expect.poll(() => ben.answer?.[1].rooms).toEqual([])
})

it('shows why a step failed', async () => {
  const { client } = await openChat()
  const page = mountHook(client('ann'), () => [useCreateRoom(), useCreateInvite()] as const)
  await expect.poll(() => page.client.connection.getSnapshot().status).toBe('online')
  await expect(page.answer?.[0].createRoom({ kind: 'direct', members: [] })).rejects.toThrow('members')
  await expect
    .poll(() => page.answer?.[0])
    .toMatchObject({ isPending: false, error: { code: 'invalid_payload' } })
  void page.answer?.[1].createInvite('~unknown')
  await expect.poll(() => page.answer?.[1]).toMatchObject({ isPending: false, error: { code: 'not_found' } })
})

it('shows a stranger that there is no such room, and nothing while skipped', async () => {
  const { client } = await openChat()
  const room = { of: '~unknown' as string | typeof skip }
  const page = mountHook(client('ann'), () => [useRoomMembers(room.of), useRoom(room.of)] as const)
  await expect
    .poll(() => page.answer)
    .toMatchObject([
      { status: 'error', members: [], error: { code: 'not_found' } },
      { status: 'error', room: null, role: null, error: { code: 'not_found' } },
    ])
  room.of = skip
  page.renderAgain()
  await expect.poll(() => page.answer?.map(({ status }) => status)).toEqual(['skipped', 'skipped'])
})
