import { isRequestError, type RequestError } from '../errors.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { useChatClient } from './chat-provider.tsx'
import { useAction } from './use-action.ts'

export interface UseCreateRoom {
  /** Creates a room with members or a direct one; its `_id` is the room to show. `error` shows a failure, so the promise may be ignored. */
  readonly createRoom: Rooms['create']
  readonly isCreating: boolean
  /** Why the last room could not be created: `forbidden` if the user may not meet one of the members. */
  readonly error: RequestError | null
}

/** Creates rooms with members, and shows why one could not be created. */
export function useCreateRoom(): UseCreateRoom {
  const { rooms } = useChatClient()
  const { run, isPending, error } = useAction(rooms.create, isFailure)
  return { createRoom: run, isCreating: isPending, error }
}

function isFailure(error: unknown): error is RequestError {
  return isRequestError(error)
}
