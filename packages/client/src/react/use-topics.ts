import { useMemo } from 'react'
import type { Topic } from '../entities.ts'
import type { Queue } from '../tickets/queue-state.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'
import { noThing, useThing } from './use-thing.ts'

/** What is shown of topics. */
export interface TopicsOptions {
  /** Also how long one would wait, and whether anybody is there: of the first 50 topics. */
  readonly queues?: boolean | undefined
}

export interface TopicsData extends ListControls {
  /** Oldest first. Empty until they are loaded. */
  readonly topics: readonly Topic[]
  /** How long one would wait now, by the names of the topics; empty without the option `queues`, and until that is loaded. */
  readonly queues: ReadonlyMap<string, Queue>
}

/** The topics, and whether they are loaded (`status`). */
export type UseTopics = HookState<TopicsData>

const none: ReadonlyMap<string, Queue> = new Map()

/**
 * What tickets can be about, and how long one would wait.
 * @example
 * const { topics, queues } = useTopics({ queues: true })
 * // <select>{topics.map(({ _id, name, title }) => <option key={_id} value={name}>{title ?? name}</option>)}</select>
 * // {queues.get('billing')?.isAvailable === false && <p>{topics.find(({ name }) => name === 'billing')?.away_text}</p>}
 */
export function useTopics(options: TopicsOptions | Skip = {}): UseTopics {
  const { topics } = useChatClient()
  const state = useList(options === skip ? noList : topics.list(), 'topics')
  const withQueues = options !== skip && options.queues === true
  const { known } = useThing(withQueues ? topics.queues() : noThing, 'known')
  return useMemo(() => ({ ...state, queues: known ?? none }), [state, known])
}
