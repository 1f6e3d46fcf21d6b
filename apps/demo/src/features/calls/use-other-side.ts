import type { Call, CallRecord } from '@dowellchat/client'
import { skip, useCallHistory, useRooms, useSession } from '@dowellchat/client/react'
import { useEffect } from 'react'
import { isSocketId } from '../people/names.ts'
import { useNameOf } from '../people/use-name-of.ts'

/** Whom you talk to, and about what. */
export interface OtherSide {
  /** Who it is; a room until somebody has answered there. */
  readonly id: string
  readonly name: string
  /** The user whom you can write to; '' for a room, a guest, and yourself. */
  readonly userId: string
  /** The ticket that the call is about; null without one, undefined until that is known. */
  readonly ticketId: string | null | undefined
}

/** The other side of a call. */
export function useOtherSide(call: Call): OtherSide {
  const { can, user_id } = useSession()
  const { rooms } = useRooms()
  const record = useRecordOf(call)
  const isRoom = call.userId === null && rooms.some(({ _id }) => _id === call.with)
  const answeredBy = isRoom ? (record?.answered_by ?? null) : null
  const id = call.userId ?? answeredBy ?? call.with
  const name = useNameOf(id, call.name)
  const isNobody = isRoom && answeredBy === null
  const isUser = !isNobody && id !== user_id && !isSocketId(id) && !id.startsWith('guest:')
  return {
    id,
    name,
    userId: isUser && can('create_room') ? id : '',
    ticketId: record === null ? null : record?.ticket_id,
  }
}

/** What the history has of a call: its ticket, and who has answered. Undefined until that is loaded, null where it cannot be. */
function useRecordOf({ callId, connectedAt }: Call): CallRecord | null | undefined {
  const canRead = useSession().can('get_calls')
  const { calls, error, reload } = useCallHistory(canRead ? {} : skip)
  useEffect(() => {
    // With each of them it has more to say. When a call ends, it looks again by itself.
    if (callId !== null || connectedAt !== null) void reload()
  }, [callId, connectedAt, reload])
  return calls.find(({ _id }) => _id === callId) ?? (canRead && error === null ? undefined : null)
}
