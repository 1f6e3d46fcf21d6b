import { callsOf } from '../stores/fields/deliveries.ts'
import type { Store } from '../stores/store.ts'
import { dateNow, isoNow } from '../time.ts'
import { eventId } from './entries.ts'
import { failedBy } from './failed.ts'
import type { Outcome } from './follower.ts'
import type { Posted } from './post.ts'
import type { KeptCall, UnreadEvent } from './unread-events.ts'

interface MissedCallParts {
  readonly store: Pick<Store, 'users' | 'blocks' | 'deliveries'>
  readonly unreadMs: number
  readonly consumer: string
  readonly tell: (event: UnreadEvent) => Promise<Posted>
}

/** Tells of missed calls; of several from one person within a while, the first. */
export function missedCallFollowing({ store, unreadMs, consumer, tell }: MissedCallParts) {
  return async (workspace_id: string, eventText: string): Promise<Outcome> => {
    // The text is one that a server of ours made.
    const { call, user_id, caller, at } = JSON.parse(eventText) as KeptCall
    const stream = callsOf(caller)
    const [told] = await store.deliveries.told(workspace_id, consumer, stream, [user_id])
    if (told && Date.parse(told.at) > dateNow() - unreadMs) return { done: 'once' }
    const [[user], block] = await Promise.all([
      store.users.get(workspace_id, [caller]),
      store.blocks.get(workspace_id, user_id, caller),
    ])
    if (block) return { done: 'once' }
    const id = eventId('missed_call', consumer, workspace_id, caller, call, user_id)
    const caller_name = user?.name ?? null
    const posted = await tell({ type: 'missed_call', id, workspace_id, user_id, caller, caller_name, at })
    if (!posted.ok) return { ...failedBy(posted), givenUp: { done: 'once' } }
    await store.deliveries.tell(workspace_id, [{ consumer, stream, user_id, nth: 0, at: isoNow() }])
    return { done: 'once' }
  }
}
