import type { Message } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface PinnedMessagesData {
  /** The last pinned first. */
  readonly pinned: readonly Message[]
  /** Loads them again. Resolves when that has ended; `error` says whether it failed. */
  readonly reload: LiveThing<readonly Message[]>['reload']
}

/** The pinned messages of a room. */
export type UsePinnedMessages = HookState<PinnedMessagesData, Missing<PinnedMessagesData, 'pinned'>>

/**
 * Loads the pinned messages of a room while the component is mounted, and keeps them current.
 * @example
 * const { pinned } = usePinnedMessages('lobby')
 * // {pinned?.map(({ _id, message_data }) => <li key={_id}>{message_data}</li>)}
 */
export function usePinnedMessages(room: string | Skip): UsePinnedMessages {
  const { rooms } = useChatClient()
  return useThing(room === skip ? noThing : rooms.pinned(room), 'pinned')
}
