import type { SentRow } from '@dowellchat/client'
import { useConversationActions } from '../conversation-context.ts'
import { quickEmoji } from '../emoji/quick.ts'

interface QuickReactionsProps {
  readonly row: SentRow
  readonly onDone: () => void
}

/** The most common reactions, as the first items of a message's menu. */
export function QuickReactions({ row, onDone }: QuickReactionsProps) {
  const { react } = useConversationActions()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a menu has groups, and no fieldsets
    <div className="quick-reactions" role="group" aria-label="React">
      {Object.entries(quickEmoji).map(([emoji, name]) => (
        <button
          key={emoji}
          type="button"
          role="menuitem"
          tabIndex={-1}
          aria-label={name}
          title={name}
          onClick={() => {
            onDone()
            react(row, emoji)
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  )
}
