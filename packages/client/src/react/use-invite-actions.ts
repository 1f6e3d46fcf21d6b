import type { InviteDraft } from '../rooms/room-actions.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseCreateInvite extends ActionState {
  /** Creates an invite to a room, for one person and 7 days by default. Needs the room’s owner or an admin. */
  readonly createInvite: Rooms['createInvite']
}

/**
 * Creates invites to rooms, and shows how that goes.
 * @example
 * const { createInvite, isPending, error } = useCreateInvite()
 * const onInvite = async () => setLink(`/join/${(await createInvite(room, { uses: 5 })).invite}`)
 */
export function useCreateInvite(): UseCreateInvite {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((cid, room: string, draft?: InviteDraft) =>
    rooms.createInvite(room, { cid, ...draft }),
  )
  return { createInvite: run, ...state }
}

export interface UseAcceptInvite extends ActionState {
  /** Makes the user a member of an invite’s room, and answers with the room. */
  readonly acceptInvite: Rooms['acceptInvite']
}

/**
 * Accepts invites, and shows how that goes. `error.code` is `not_found` if the invite is unknown, expired or used up.
 * @example
 * const { acceptInvite, isPending, error } = useAcceptInvite()
 * const onJoin = async () => navigate((await acceptInvite(invite))._id)
 */
export function useAcceptInvite(): UseAcceptInvite {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((_cid, invite: string) => rooms.acceptInvite(invite))
  return { acceptInvite: run, ...state }
}
