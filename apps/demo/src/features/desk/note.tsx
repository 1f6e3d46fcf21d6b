import type { MessageRow } from '@dowellchat/client'
import type { UseNotes } from '@dowellchat/client/react'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { formatWhen } from '../../lib/format.ts'
import { isStored } from '../conversation/conversation-context.ts'
import { MessageDelivery } from '../conversation/message/message-delivery.tsx'
import { MessageText } from '../conversation/message/message-text.tsx'
import { RemoveDialog } from '../conversation/remove-dialog.tsx'
import { useNameOf } from '../people/use-name-of.ts'

interface NoteProps {
  readonly row: MessageRow
  readonly onRemove: UseNotes['remove']
}

/** One note: who wrote it, when, and its text. */
export function Note({ row, onRemove }: NoteProps) {
  const { author, display_name, created_at, message_data, mentions, kind } = row.message
  const name = useNameOf(author ?? '', display_name)
  const [isAsking, setIsAsking] = useState(false)
  const stored = isStored(row) && row.isOwn ? row : null
  return (
    <li className="desk-note">
      <p className="desk-note-head">
        <bdi>{row.isOwn ? 'You' : name}</bdi>
        <time className="muted" dateTime={created_at}>
          {formatWhen(created_at)}
        </time>
        {stored && (
          <IconButton label="Delete this note" icon={Trash2} isSmall onPress={() => setIsAsking(true)} />
        )}
      </p>
      {kind === 'removed' ? (
        <p className="muted">Note deleted</p>
      ) : (
        <MessageText text={message_data} mentions={mentions} isGrowing={false} />
      )}
      {row.delivery !== 'draft' && <MessageDelivery row={row} />}
      {isAsking && stored && (
        <RemoveDialog what="note" row={stored} remove={onRemove} onClose={() => setIsAsking(false)} />
      )}
    </li>
  )
}
