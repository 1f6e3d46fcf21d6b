import type { RowReaction, SentRow } from '@dowellchat/client'
import { useNamesOf } from '../../people/use-names-of.ts'
import { useConversationActions } from '../conversation-context.ts'
import { emojiOf } from '../emoji/reaction.ts'

interface MessageReactionsProps {
  readonly row: SentRow
  readonly isCurrent: boolean
}

/** Who has reacted how; a click reacts in the same way, or takes it back. */
export function MessageReactions({ row, isCurrent }: MessageReactionsProps) {
  const { react } = useConversationActions()
  return (
    <ul className="reactions" aria-label="Reactions">
      {row.reactions.map((one) => (
        <li key={one.reaction}>
          <ReactionButton reaction={one} isCurrent={isCurrent} onToggle={() => react(row, one.reaction)} />
        </li>
      ))}
    </ul>
  )
}

interface ReactionButtonProps {
  readonly reaction: RowReaction
  readonly isCurrent: boolean
  readonly onToggle: () => void
}

function ReactionButton({ reaction, isCurrent, onToggle }: ReactionButtonProps) {
  const { count, isOwn, user_ids } = reaction
  const emoji = emojiOf(reaction.reaction)
  const names = useNamesOf(user_ids)
  const others = count - user_ids.length
  const people = others > 0 ? `${names} and ${others} more` : names
  return (
    <button
      type="button"
      className="reaction"
      tabIndex={isCurrent ? 0 : -1}
      aria-pressed={isOwn}
      aria-label={`${emoji}, ${count}: ${people}`}
      title={people}
      onClick={onToggle}
    >
      <span aria-hidden>{emoji}</span> {count}
    </button>
  )
}
