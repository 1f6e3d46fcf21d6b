import { useEffect } from 'react'
import type { OutboxState } from '../messages/outbox.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable } from './use-observable.ts'

/** Whether all of the user's messages, and changes of messages, are sent, how many are not, and whether these outlive the page. */
export interface UseSyncStatus extends OutboxState {}

export interface SyncStatusOptions {
  /** Lets the browser ask before the page is left while messages would be lost. Elsewhere it does nothing. */
  readonly guard?: boolean
}

const ask = (event: BeforeUnloadEvent): void => event.preventDefault()

/**
 * Tells whether everything is sent, of all rooms and tickets.
 * @example
 * const { status, unsent } = useSyncStatus({ guard: true })
 * return status === 'waiting' && <p>Not sent yet: {unsent}</p>
 */
export function useSyncStatus({ guard = false }: SyncStatusOptions = {}): UseSyncStatus {
  const state = useObservable(useChatClient().outbox)
  // Only while it is needed: a page with such a listener may not come back from the browser's cache.
  const isNeeded = guard && state.unsent > 0 && !state.isKept
  useEffect(() => {
    if (!isNeeded) return
    // Only browsers have pages to leave; React Native has a `window` without events.
    const { window: page }: { window?: Partial<Window> } = globalThis
    page?.addEventListener?.('beforeunload', ask)
    return () => page?.removeEventListener?.('beforeunload', ask)
  }, [isNeeded])
  return state
}
