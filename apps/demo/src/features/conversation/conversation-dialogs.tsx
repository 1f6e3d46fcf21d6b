import type { Attachment, MessageRow, SentRow } from '@dowellchat/client'
import { type UseMessages, useReceipts } from '@dowellchat/client/react'
import { Dialog } from '../../components/dialog.tsx'
import { PeopleList } from '../people/people-list.tsx'
import { ReportDialog } from '../people/report-dialog.tsx'
import { readPlaceOf, useConversationActions } from './conversation-context.ts'
import { LazyPictureDialog } from './files/lazy-parts.tsx'
import { RemoveDialog } from './remove-dialog.tsx'

export type DialogRequest =
  | { readonly kind: 'remove' | 'report' | 'readers'; readonly row: SentRow }
  | { readonly kind: 'picture'; readonly row: MessageRow; readonly file: Attachment }

interface ConversationDialogsProps {
  readonly request: DialogRequest
  readonly conversation: UseMessages
  readonly onClose: () => void
}

/** What a message's menu asks before it does something, and who has seen it. */
export function ConversationDialogs({ request, conversation, onClose }: ConversationDialogsProps) {
  if (request.kind === 'picture')
    return <LazyPictureDialog row={request.row} file={request.file} onClose={onClose} />
  const { kind, row } = request
  if (kind === 'remove')
    return <RemoveDialog what="message" row={row} remove={conversation.remove} onClose={onClose} />
  if (kind === 'readers') return <ReadersDialog row={row} onClose={onClose} />
  return <ReportDialog title="Report this message" target={row.message} onClose={onClose} />
}

function ReadersDialog({ row, onClose }: { readonly row: SentRow; readonly onClose: () => void }) {
  const { place } = useConversationActions()
  const { nth } = row.message
  const readers = useReceipts(readPlaceOf(place), nth).readersOf(nth)
  const { user_ids } = readers
  const count = readers.count ?? 0
  const more = count - user_ids.length
  return (
    <Dialog title="Seen by" onClose={onClose}>
      {count === 0 && <p className="muted">Nobody yet, or nobody who shows it.</p>}
      <PeopleList ids={user_ids} />
      {more > 0 && <p className="muted">{user_ids.length > 0 ? `and ${more} more` : `${more} people`}</p>}
    </Dialog>
  )
}
