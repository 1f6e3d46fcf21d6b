import type { PendingAttachments } from '@dowellchat/client'
import { type UseAttachments, useChatClient } from '@dowellchat/client/react'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useAskingFirst } from '../../../lib/use-asking-first.ts'

/** By whose they are, and by conversation. */
const known = new WeakMap<object, Map<string, PendingAttachments>>()

/** The files of a conversation's next message. As its text, they are still there when somebody comes back to it. */
export function useFiles(conversationKey: string): UseAttachments {
  const { attachments } = useChatClient()
  const pending = useMemo(() => {
    const own = known.get(attachments) ?? new Map<string, PendingAttachments>()
    const found = own.get(conversationKey) ?? attachments.pending()
    known.set(attachments, own.set(conversationKey, found))
    return found
  }, [attachments, conversationKey])
  const { subscribe, getSnapshot, retain } = pending
  const state = useSyncExternalStore(subscribe, getSnapshot)
  useEffect(() => {
    const letGo = retain()
    return () => {
      if (getSnapshot().attachments.length === 0) letGo()
    }
  }, [retain, getSnapshot])
  // A reload keeps texts alone.
  useAskingFirst(state.attachments.length > 0)
  return { ...pending, ...state }
}
