import { useSyncExternalStore } from 'react'
import type { Thread } from '../entities.ts'
import type { MessageOrRow } from '../messages/live-stream.ts'
import { useChatClient } from './chat-provider.tsx'
import { type Holdable, useRetained } from './use-observable.ts'
import { noThing } from './use-thing.ts'

/**
 * How many messages the thread of a message has, and who has written last; null while that is not known, and for a message
 * without a thread. The threads of all messages on a page are loaded together.
 * @example
 * const thread = useThreadInfo(row)
 * // {thread && thread.count > 0 && <button>{thread.count} replies</button>}
 */
export function useThreadInfo(message: MessageOrRow): Thread | null {
  const { threads } = useChatClient()
  const { has_thread: hasThread = false } = 'message' in message ? message.message : message
  const thing: Holdable<{ readonly data: Thread | null }> = hasThread ? threads.info(message) : noThing
  useRetained(thing)
  // Without what says how current it is, which would render every message with a thread.
  const data = (): Thread | null => thing.getSnapshot().data
  return useSyncExternalStore(thing.subscribe, data, () => thing.getServerSnapshot().data)
}
