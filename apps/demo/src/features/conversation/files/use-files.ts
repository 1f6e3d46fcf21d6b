import type { PendingAttachments } from '@dowellchat/client'
import { type UseAttachments, useChatClient } from '@dowellchat/client/react'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useAskingFirst } from '../../../lib/use-asking-first.ts'

interface Chosen {
  readonly pending: PendingAttachments
  letGo?: () => void
}

/** The files of messages that are not sent yet, by conversation, and those of whose client they are. */
const chosen = new Map<string, Chosen>()
let owner: object | undefined

const hasFiles = ({ pending }: Chosen): boolean => pending.getSnapshot().attachments.length > 0

/** Drops the files of a conversation's next message. */
export function letGoOfFiles(conversationKey: string): void {
  chosen.get(conversationKey)?.letGo?.()
  chosen.delete(conversationKey)
}

/** The files of a conversation's next message. As its text, they are still there when somebody comes back to it. */
export function useFiles(conversationKey: string): UseAttachments {
  const { attachments } = useChatClient()
  const pending = useMemo(() => {
    const known = owner === attachments ? chosen.get(conversationKey) : undefined
    return known?.pending ?? attachments.pending()
  }, [attachments, conversationKey])
  const { subscribe, getSnapshot, retain } = pending
  const state = useSyncExternalStore(subscribe, getSnapshot)
  useEffect(() => {
    // Somebody else's, who has left.
    if (owner !== attachments) for (const key of [...chosen.keys()]) letGoOfFiles(key)
    owner = attachments
    const own: Chosen = chosen.get(conversationKey) ?? { pending }
    own.letGo ??= retain()
    chosen.set(conversationKey, own)
    return () => {
      if (!hasFiles(own)) letGoOfFiles(conversationKey)
    }
  }, [attachments, conversationKey, pending, retain])
  // A reload keeps texts alone, also of conversations that are not shown now.
  useAskingFirst(state.attachments.length > 0 || [...chosen.values()].some(hasFiles))
  return { ...pending, ...state }
}
