import type { Topic } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import type { Skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface TopicsData extends ListControls {
  /** Oldest first. Empty until they are loaded. */
  readonly topics: readonly Topic[]
}

/** The topics, and whether they are loaded (`status`). */
export type UseTopics = HookState<TopicsData>

/**
 * What tickets can be about.
 * @example
 * const { topics } = useTopics()
 * // <select>{topics.map(({ _id, name }) => <option key={_id}>{name}</option>)}</select>
 */
export function useTopics(skipped?: Skip): UseTopics {
  const { topics } = useChatClient()
  return useList(skipped ? noList : topics.list(), 'topics')
}
