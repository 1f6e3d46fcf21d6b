import type { LiveThing } from '../live/live-thing.ts'
import type { Queue } from '../tickets/queue-state.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState, Missing } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { noThing, useThing } from './use-thing.ts'

export interface QueueData {
  readonly queue: Queue
  /** Asks again; `error` says whether that failed. */
  readonly reload: LiveThing<Queue>['reload']
}

/** A place in the line, and whether it is loaded (`status`). */
export type UseQueue = HookState<QueueData, Missing<QueueData, 'queue'>>

/**
 * A ticket’s place in the line and how long it takes from there, kept current; or where a ticket about a topic would be if it was
 * opened now.
 * @example
 * const { queue } = useQueue(ticket._id)
 * const { minutes } = useCountdown(queue?.expectedAt ?? null)
 * // {queue?.estimate && <p>You are number {queue.estimate.position}. It takes about {minutes} minutes.</p>}
 * const { queue: billing } = useQueue({ product: 'billing' })
 * // {billing?.isAvailable === false && <p>We are away.</p>}
 */
export function useQueue(of: string | { readonly product: string } | Skip): UseQueue {
  const { tickets, topics } = useChatClient()
  const thing = of === skip ? noThing : typeof of === 'string' ? tickets.queue(of) : topics.queue(of.product)
  return useThing(thing, 'queue')
}
