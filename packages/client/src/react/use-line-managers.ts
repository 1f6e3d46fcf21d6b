import type { LineManager } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import type { Skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface LineManagersData extends ListControls {
  /** Lowest position first. Empty until they are loaded. */
  readonly lineManagers: readonly LineManager[]
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
