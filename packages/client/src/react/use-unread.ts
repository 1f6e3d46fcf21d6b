import { useMemo } from 'react'
import type { LiveUnread, Unread } from '../rooms/unread-state.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { useObservable, useRetained } from './use-observable.ts'

export interface UnreadData extends Unread {
  /** Counts again; `error` says whether that failed. */
  readonly reload: LiveUnread['reload']
}

/** How much is unread, and whether that is known (`status`). */
export type UseUnread = HookState<UnreadData>

/**
 * What is unread in all of the user’s rooms together, for a badge or the page’s title. Muted and archived rooms do not count.
 * @example
 * const { unread, mentions } = useUnread()
 * // {unread > 0 && <span aria-label={`${unread} unread`}>{mentions || unread}</span>}
 */
export function useUnread(): UseUnread {
  const { rooms } = useChatClient()
  const unread = rooms.unread()
  useRetained(unread)
  const state = useObservable(unread)
  return useMemo(() => ({ ...state, reload: unread.reload }), [state, unread])
}
