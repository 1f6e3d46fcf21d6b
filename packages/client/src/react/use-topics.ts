import { useMemo } from 'react'
import type { Topic } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import type { Topics } from '../tickets/topics.ts'
import { useChatClient } from './chat-provider.tsx'
import type { Skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseTopics extends UseList {
  /** Oldest first; `reload` shows those that others have created since. */
  readonly topics: readonly Topic[]
  /** Creates a topic; admins only. Rejects with a `RequestError`: `conflict` if it exists. */
  readonly createTopic: Topics['create']
  readonly reload: LiveList<Topic>['reload']
}

/** What tickets can be about. */
export function useTopics(skipped?: Skip): UseTopics {
  const { topics } = useChatClient()
  const list = skipped ? noList : topics.list()
  const state = useList<Topic>(list)
  return useMemo(() => {
    const { items, ...rest } = state
    return { ...rest, topics: items, createTopic: topics.create, reload: list.reload }
  }, [state, topics, list])
}
