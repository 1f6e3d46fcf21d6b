import { limits } from '@dowellchat/protocol'
import { expect, it } from 'vitest'
import { range } from '../testing/store-cases/making.ts'
import { by, muteOf, newRoom } from '../testing/store-cases/rooms.ts'
import { newRoomRow } from './fields/rooms.ts'
import { roomChange } from './room.ts'

it('[MO2] mutes no more people than a room may have members, those who have left among them', () => {
  const until = new Date(Date.now() + 60_000).toISOString()
  const mutesOf = (count: number, at = until) =>
    range(1, count).map((n) => ({ user_id: `user ${n}`, until: at }))
  const muting = (mutes: ReturnType<typeof mutesOf>) =>
    roomChange({ ...newRoomRow(newRoom()), mutes }, muteOf('ben'))
  expect(muting(mutesOf(limits.room_members - 1))).toMatchObject({ outcome: { changed: true } })
  expect(muting(mutesOf(limits.room_members))).toMatchObject({ outcome: { refused: 'limit_reached' } })
  // Those that have passed are not kept.
  const past = new Date(Date.now() - 1).toISOString()
  const made = muting(mutesOf(limits.room_members, past))
  expect('row' in made && made.row.mutes).toEqual([{ user_id: 'ben', until: expect.any(String) }])
})

it('[MB6] passes a room to its oldest member who is no guest, and to a guest where there is nobody else', () => {
  const ownerOf = (members: string[]) => {
    const made = roomChange(newRoomRow(newRoom({ members })), { type: 'leave', ...by('ann') })
    return 'row' in made && made.row.owner
  }
  expect(ownerOf(['guest:1', 'ben', 'cy'])).toBe('ben')
  expect(ownerOf(['guest:1', 'guest:2'])).toBe('guest:1')
})
