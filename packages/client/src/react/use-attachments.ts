import { useMemo } from 'react'
import type { PendingAttachments, PendingState } from '../attachments/pending-state.ts'
import { useChatClient } from './chat-provider.tsx'
import { useObservable, useRetained } from './use-observable.ts'

/** The files of a message that is being written. */
export interface UseAttachments
  extends PendingState,
    Pick<PendingAttachments, 'add' | 'remove' | 'retry' | 'clear'> {}

/**
 * Files of a message that is being written: uploaded as soon as they are added, two at a time. They are gone with the component,
 * also where an `<Activity>` hides it for longer than a second.
 * @example
 * const { attachments, add, clear, isReady, canAttach } = useAttachments()
 * // <input type="file" multiple disabled={!canAttach} onChange={({ target }) => target.files && add(target.files)} />
 * const onSend = () => {
 *   void send(text, { attachments })
 *   clear()
 * }
 * // <button disabled={!isReady} onClick={onSend}>Send</button>
 */
export function useAttachments(): UseAttachments {
  const client = useChatClient().attachments
  const pending = useMemo(() => client.pending(), [client])
  useRetained(pending)
  const state = useObservable(pending)
  return useMemo(() => {
    const { add, remove, retry, clear } = pending
    return { ...state, add, remove, retry, clear }
  }, [state, pending])
}
