import type { DraftRow } from '@dowellchat/client'
import { Square } from 'lucide-react'
import { useState } from 'react'
import { useConversationActions } from '../conversation-context.ts'

interface MessageDraftProps {
  readonly row: DraftRow
  readonly author: string
}

/** Below what is still being written: says so, and asks its author to stop. */
export function MessageDraft({ row, author }: MessageDraftProps) {
  const { stopDraft } = useConversationActions()
  const [isAsked, setIsAsked] = useState(false)

  function stop(): void {
    setIsAsked(true)
    stopDraft(row).catch(() => setIsAsked(false))
  }

  return (
    <p className="message-draft">
      <span className="typing-dots" aria-hidden>
        <span />
        <span />
        <span />
      </span>
      {isAsked ? 'Stopping…' : 'Writing…'}
      {!row.isOwn && (
        <button
          type="button"
          className="button small"
          data-action="stop"
          aria-label={`Stop ${author}`}
          disabled={isAsked}
          onClick={stop}
        >
          <Square aria-hidden /> Stop
        </button>
      )}
    </p>
  )
}
