import type { LineManager } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import type { Skip } from './skip.ts'
import { noList, useList } from './use-list.ts'

export interface LineManagersData {
  /** Lowest position first; `ticket_count` is as of the last `reload`. Empty until they are loaded. */
  readonly lineManagers: readonly LineManager[]
  /** Loads them again; `error` says whether that failed. */
  readonly reload: LiveList<LineManager>['reload']
}

/** The line managers, and whether they are loaded (`status`). */
export type UseLineManagers = HookState<LineManagersData>

/**
 * The support agents who take tickets.
 * @example
 * const { lineManagers } = useLineManagers()
 * // <ul>{lineManagers.map(({ _id, user_id }) => <li key={_id}>{user_id}</li>)}</ul>
 */
export function useLineManagers(skipped?: Skip): UseLineManagers {
  const { lineManagers } = useChatClient()
  return useList(skipped ? noList : lineManagers.list(), 'lineManagers')
}
