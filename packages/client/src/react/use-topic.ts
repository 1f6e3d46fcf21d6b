import type { Topic } from '../entities.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface TopicData {
  readonly topic: Topic
  /** Loads it again; `error` says whether that failed. */
  readonly reload: LiveThing<Topic>['reload']
}

/** A topic, and whether it is loaded (`status`). */
export type UseTopic = HookState<TopicData, Missing<TopicData, 'topic'>>

/**
 * A topic by its name. `error.code` is `not_found` if there is none.
 * @example
 * const { status } = useTopic('billing')
 * // {status === 'ready' && <AskAboutBilling />}
 */
export function useTopic(name: string | Skip): UseTopic {
  const { topics } = useChatClient()
  return useThing(name === skip ? noThing : topics.get(name), 'topic')
}
