import type { Ticket } from '@dowellchat/client'
import { useTicket, useTicketActions } from '@dowellchat/client/react'
import { X } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
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

/** Says that a ticket was closed, and undoes it. It takes the focus, which was at the button that closed, and stays while it has it. */
export function JustClosed({ ticket, onDone }: JustClosedProps) {
  const { reopen, isPending, error } = useTicketActions()
  const isClosed = useTicket(ticket._id).ticket?.is_closed
  const wasClosed = useRef(false)
  const [, navigate] = useLocation()
  const button = useRef<HTMLButtonElement>(null)
  const [isHeld, setIsHeld] = useState(false)
  const id = useId()
  const stays = isHeld || isPending || error !== null

  useEffect(() => button.current?.focus(), [])

  useEffect(() => {
    // What went wrong is to be read first.
    if (stays) return
    const timer = setTimeout(onDone, shownMs)
    return () => clearTimeout(timer)
  }, [stays, onDone])

  useEffect(() => {
    // It may have been opened again elsewhere.
    if (isClosed === false && wasClosed.current) onDone()
    wasClosed.current ||= isClosed === true
  }, [isClosed, onDone])

  function undo(): void {
    whenDone(reopen(ticket._id), () => {
      onDone()
      navigate(paths.ticket(ticket._id))
    })
  }

  return (
    <section
      className="desk-closed"
      aria-label="Closed just now"
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <p id={id}>
        You closed the ticket of <bdi>{customerOf(ticket)}</bdi>
      </p>
      <button
        ref={button}
        type="button"
        className="button small"
        aria-describedby={id}
        disabled={isPending}
        onClick={undo}
      >
        Undo
      </button>
      <IconButton label="Dismiss" icon={X} isSmall onPress={onDone} />
      <Problem what={error} />
    </section>
  )
}
