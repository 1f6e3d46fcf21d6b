import type { Attachment, MessageRow, SentRow } from '@dowellchat/client'
import { type UseMessages, useAction, useReceipts } from '@dowellchat/client/react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { whenDone } from '../../lib/when-done.ts'
import { PeopleList } from '../people/people-list.tsx'
import { ReportDialog } from '../people/report-dialog.tsx'
import { readPlaceOf, useConversationActions } from './conversation-context.ts'
import { LazyPictureDialog } from './files/lazy-parts.tsx'

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
  if (kind === 'remove') return <RemoveDialog row={row} remove={conversation.remove} onClose={onClose} />
  if (kind === 'readers') return <ReadersDialog row={row} onClose={onClose} />
  return <ReportDialog title="Report this message" target={row.message} onClose={onClose} />
}

interface RemoveDialogProps {
  readonly row: SentRow
  readonly remove: UseMessages['remove']
  readonly onClose: () => void
}

function RemoveDialog({ row, remove, onClose }: RemoveDialogProps) {
  const { run, isPending, error } = useAction(remove)
  return (
    <Dialog title="Delete this message?" onClose={onClose}>
      <p>Its text is gone for everybody. That a message was here stays visible.</p>
      <Problem what={error} />
      <div className="buttons">
        <button
          type="button"
          className="button danger"
          disabled={isPending}
          onClick={() => whenDone(run(row.message), onClose)}
        >
          Delete
        </button>
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
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
