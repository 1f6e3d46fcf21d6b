import { limits } from '@dowellchat/protocol'
import type { PersonalRow } from '../../stores/personal-data.ts'
import type { Context } from '../handler.ts'
import { announceRoom } from './room-access.ts'

/** Tells those who are left in the rooms of somebody erased; what they are told, and servers tell each other, names nobody erased. */
export async function announceRooms(
  context: Context,
  rows: readonly PersonalRow[],
  names: Readonly<Record<string, string>>,
): Promise<void> {
  const { store, session, memberRooms } = context
  const { workspace_id } = session
  for (const { collection, row } of rows) {
    if (collection !== 'rooms' || row.closed_at !== null) continue
    const [room, page] = await Promise.all([
      store.rooms.get(workspace_id, row._id),
      store.rooms.members(workspace_id, row._id, { limit: limits.room_members }),
    ])
    if (!room || !page) continue
    const isPassedOn = row.owner !== null && Object.hasOwn(names, row.owner)
    const changes = isPassedOn ? page.members.filter(({ role }) => role === 'owner') : []
    await memberRooms.changed(workspace_id, row._id, [])
    announceRoom(context, {
      ...{ changed: true, room, changes },
      member_ids: page.members.map(({ user_id }) => user_id),
    })
  }
}
