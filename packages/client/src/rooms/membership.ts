import type { PushOf } from '../entities.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'

export type MemberChange = PushOf<'member_changed'>['changes'][number]

/** What has become of the user's own membership in a `member_changed`; undefined if it is about others. */
export function ownChange(
  { connection }: Wire,
  { changes }: PushOf<'member_changed'>,
): MemberChange | undefined {
  const { session } = connection.getSnapshot()
  const own = session ? [session.user_id, ...session.guest_ids] : []
  return changes.find(({ user_id }) => own.includes(user_id))
}

/** Calls `again` when the user becomes a member of a room or is no longer, or when the room is closed. */
export function watchAccess(wire: Wire, room: string, again: () => void): () => void {
  return together(
    wire.on.member_changed((push) => {
      if (push.room === room && ownChange(wire, push)) again()
    }),
    wire.on.room_updated(({ data }) => {
      if (data._id === room && data.closed_at !== null) again()
    }),
  )
}
