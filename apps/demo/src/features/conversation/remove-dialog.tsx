import type { SentRow } from '@dowellchat/client'
import { type UseMessages, useAction } from '@dowellchat/client/react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { whenDone } from '../../lib/when-done.ts'

interface RemoveDialogProps {
  readonly what: 'message' | 'note'
  readonly row: SentRow
  readonly remove: UseMessages['remove']
  readonly onClose: () => void
}

/** Asks before a message or a note is deleted. */
export function RemoveDialog({ what, row, remove, onClose }: RemoveDialogProps) {
  const { run, isPending, error } = useAction(remove)
  return (
    <Dialog title={`Delete this ${what}?`} onClose={onClose}>
      <p>Its text is gone for everybody. That a {what} was here stays visible.</p>
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
