import type { MessageRow } from '@dowellchat/client'
import type { UseNotes } from '@dowellchat/client/react'
import { Trash2 } from 'lucide-react'
import { IconButton } from '../../components/icon-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { formatWhen } from '../../lib/format.ts'
import { isStored } from '../conversation/conversation-context.ts'
import { MessageText } from '../conversation/message/message-text.tsx'
import { useNameOf } from '../people/use-name-of.ts'

interface NoteProps {
  readonly row: MessageRow
  readonly onRemove: UseNotes['remove']
}

/** One note: who wrote it, when, and its text. */
export function Note({ row, onRemove }: NoteProps) {
  const { author, display_name, created_at, message_data, mentions, kind } = row.message
  const name = useNameOf(author ?? '', display_name)
  const stored = isStored(row) && row.isOwn ? row : null
  return (
    <li className="desk-note">
      <p className="desk-note-head">
        <bdi>{row.isOwn ? 'You' : name}</bdi>
        <time className="muted" dateTime={created_at}>
          {formatWhen(created_at)}
        </time>
        {stored && (
          <IconButton label="Delete this note" icon={Trash2} isSmall onPress={() => void onRemove(stored)} />
        )}
      </p>
      {kind === 'removed' ? (
        <p className="muted">Note deleted</p>
      ) : (
        <MessageText text={message_data} mentions={mentions} isGrowing={false} />
      )}
      {row.delivery === 'failed' && (
        <div className="desk-note-failed">
          <Problem what={row.error} />
          {row.retry && (
            <button type="button" className="button small" onClick={() => void row.retry?.()}>
              Try again
            </button>
          )}
        </div>
      )}
    </li>
  )
}
