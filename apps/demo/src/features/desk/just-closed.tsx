import type { Ticket } from '@dowellchat/client'
import { useTicketActions } from '@dowellchat/client/react'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { IconButton } from '../../components/icon-button.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { customerOf } from '../tickets/ticket-words.ts'

interface JustClosedProps {
  readonly ticket: Ticket
  readonly onDone: () => void
}

/** For so long a click on the wrong button can be undone from here; after that the ticket itself has a button. */
const shownMs = 15_000

/** Says that a ticket was closed, and undoes it. */
export function JustClosed({ ticket, onDone }: JustClosedProps) {
  const { reopen, isPending, error } = useTicketActions()
  const [, navigate] = useLocation()
  const isBusy = isPending || error !== null

  useEffect(() => {
    // What went wrong is to be read first.
    if (isBusy) return
    const timer = setTimeout(onDone, shownMs)
    return () => clearTimeout(timer)
  }, [isBusy, onDone])

  function undo(): void {
    whenDone(reopen(ticket._id), () => {
      onDone()
      navigate(paths.ticket(ticket._id))
    })
  }

  return (
    <div className="desk-closed">
      <p role="status">
        You closed the ticket of <bdi>{customerOf(ticket)}</bdi>
      </p>
      <button type="button" className="button small" disabled={isPending} onClick={undo}>
        Undo
      </button>
      <IconButton label="Dismiss" icon={X} isSmall onPress={onDone} />
      <Problem what={error} />
    </div>
  )
}
