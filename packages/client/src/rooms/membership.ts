import type { PushOf } from '../entities.ts'
import { together } from '../live/stops.ts'
import { isOwnId } from '../presence/own-id.ts'
import type { Wire } from '../requests/wire.ts'

export type MemberChange = PushOf<'member_changed'>['changes'][number]

/** What has become of the user's own membership in a `member_changed`; undefined if it is about others. */
export function ownChange(
  { connection }: Wire,
  { changes }: PushOf<'member_changed'>,
): MemberChange | undefined {
  return changes.find(({ user_id }) => isOwnId(connection, user_id))
}

/**
 * Calls `again` whenever the user's own membership of a room changes (they come or go, get another role, are muted), or when the
 * room is closed: what they may see may be another then.
 */
export function watchAccess(wire: Wire, isIt: (room: string) => boolean, again: () => void): () => void {
  return together(
    wire.on.member_changed((push) => {
      if (isIt(push.room) && ownChange(wire, push)) again()
    }),
    wire.on.room_updated(({ data }) => {
      if (isIt(data._id) && data.closed_at) again()
    }),
  )
}
