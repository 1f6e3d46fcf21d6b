import type { Ticket } from '@dowellchat/client'
import { useTicketActions } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { ReasonField } from './reason-field.tsx'

interface HoldDialogProps {
  readonly ticket: Ticket
  readonly onClose: () => void
}

/** Puts a ticket on hold, and says why. */
export function HoldDialog({ ticket, onClose }: HoldDialogProps) {
  const { hold, isPending, error } = useTicketActions()
  const [reason, setReason] = useState('')

  function submit(event: FormEvent): void {
    event.preventDefault()
    whenDone(hold(ticket._id, reason), () => {
      announce('On hold')
      onClose()
    })
  }

  return (
    <Dialog title="Put on hold" onClose={onClose}>
      <form className="desk-form" onSubmit={submit}>
        <p className="hint">It stays yours. The customer’s next message takes it off hold.</p>
        <ReasonField value={reason} onChange={setReason} />
        <Problem what={error} />
        <button type="submit" className="button primary" disabled={isPending}>
          Put on hold
        </button>
      </form>
    </Dialog>
  )
}
