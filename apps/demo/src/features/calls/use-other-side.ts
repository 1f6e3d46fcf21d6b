import type { Call } from '@dowellchat/client'
import { skip, useCallHistory, useRooms, useSession } from '@dowellchat/client/react'
import { useEffect } from 'react'
import { isGuestAddress } from '../people/names.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useAddressName } from './use-address-name.ts'

/** Whom you talk to, and about what. */
export interface OtherSide {
  /** Who it is; a room until somebody has answered there. */
  readonly id: string
  readonly name: string
  /** The user whom you can write to; '' for a room, a guest, and yourself. */
  readonly userId: string
  /** The ticket that the call is about; null without one. */
  readonly ticketId: string | null
}

/** The other side of a call. */
export function useOtherSide(call: Call): OtherSide {
  const { can, user_id } = useSession()
  const { rooms } = useRooms()
  const isRoom = call.userId === null && rooms.some(({ _id }) => _id === call.with)
  const answeredBy = useAnsweredBy(call, isRoom)
  const id = call.userId ?? answeredBy ?? call.with
  const isNobody = isRoom && answeredBy === null
  const person = useNameOf(isNobody ? '' : id, call.name)
  const room = useAddressName(isNobody ? id : '')
  const isUser = !isNobody && id !== user_id && !isGuestAddress(id)
  return {
    id,
    name: isNobody ? room : person,
    userId: isUser && can('create_room') ? id : '',
    ticketId: call.ticketId,
  }
}

/** Who has answered a call to a room, which the history knows; null until then, and for any other call. */
function useAnsweredBy({ callId, connectedAt }: Call, isRoom: boolean): string | null {
  const canRead = useSession().can('get_calls')
  const { calls, reload } = useCallHistory(isRoom && canRead ? {} : skip)
  useEffect(() => {
    // When a call ends, it looks again by itself.
    if (isRoom && connectedAt !== null) void reload()
  }, [isRoom, connectedAt, reload])
  return (isRoom && calls.find(({ _id }) => _id === callId)?.answered_by) || null
}
