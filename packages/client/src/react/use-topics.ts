import type { Topic } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import type { Skip } from './skip.ts'
import { noList, useList } from './use-list.ts'

export interface TopicsData {
  /** Oldest first. Empty until they are loaded. */
  readonly topics: readonly Topic[]
  /** Loads them again; `error` says whether that failed. */
  readonly reload: LiveList<Topic>['reload']
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
