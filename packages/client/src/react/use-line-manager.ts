import type { LineManager } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface LineManagerData {
  readonly lineManager: LineManager
  /** Loads them again; `error` says whether that failed. */
  readonly reload: LiveThing<LineManager>['reload']
}

/** A line manager, and whether they are loaded (`status`). */
export type UseLineManager = HookState<LineManagerData, Missing<LineManagerData, 'lineManager'>>

/**
 * A line manager by their user id. `error.code` is `not_found` if the user is none.
 * @example
 * const state = useLineManager(ticket.line_manager ?? skip)
 * // {state.status === 'ready' && <p>{state.lineManager.average_serving_time} minutes a ticket</p>}
 */
export function useLineManager(userId: string | Skip): UseLineManager {
  const { lineManagers } = useChatClient()
  return useThing(userId === skip ? noThing : lineManagers.get(userId), 'lineManager')
}
