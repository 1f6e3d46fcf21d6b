import { useCallback } from 'react'
import type { Invite, Room } from '../entities.ts'
import { isRequestError, type RequestError } from '../errors.ts'
import type { InviteDraft } from '../rooms/rooms.ts'
import { useChatClient } from './chat-provider.tsx'
import { rejectSkipped, type Skip, skip } from './skip.ts'
import { useAction } from './use-action.ts'

export interface UseInvite {
  /** Creates an invite to the room, for one person and 7 days by default. Needs the owner of the room or an admin. */
  readonly createInvite: (draft?: InviteDraft) => Promise<Invite>
  /** Makes the user a member of an invite's room, whichever room that is. */
  readonly acceptInvite: (invite: string) => Promise<Room>
  readonly isPending: boolean
  /** Why the last step failed; so the promises may be ignored. */
  readonly error: RequestError | null
}

/** Invites to a room. Pass `skip` to only accept one. */
export function useInvite(room: string | Skip): UseInvite {
  const { rooms } = useChatClient()
  const create = useCallback(
    (draft?: InviteDraft) => (room === skip ? rejectSkipped() : rooms.createInvite(room, draft)),
    [rooms, room],
  )
  const creating = useAction(create, isFailure, room)
  const accepting = useAction(rooms.acceptInvite, isFailure)
  return {
    createInvite: creating.run,
    acceptInvite: accepting.run,
    isPending: creating.isPending || accepting.isPending,
    error: creating.error ?? accepting.error,
  }
}

function isFailure(error: unknown): error is RequestError {
  return isRequestError(error)
}
