import type { Ticket, TransferTarget } from '@dowellchat/client'
import { useLineManagers, useTicketActions, useTopics } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { ColleagueChoice } from './colleague-choice.tsx'
import { ReasonField } from './reason-field.tsx'
import { TopicChoice } from './topic-choice.tsx'

interface TransferDialogProps {
  readonly ticket: Ticket
  readonly onClose: () => void
}

/** Passes a ticket on to a colleague, or into the line of another topic. */
export function TransferDialog({ ticket, onClose }: TransferDialogProps) {
  const { transfer, isPending, error } = useTicketActions()
  const [kind, setKind] = useState<'person' | 'topic'>('person')
  const [target, setTarget] = useState<TransferTarget | null>(null)
  const [reason, setReason] = useState('')
  // Another agent may have taken it while the dialog was open.
  const [expected] = useState(ticket.line_manager)

  function choose(next: 'person' | 'topic'): void {
    setKind(next)
    setTarget(null)
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!target) return
    whenDone(transfer(ticket._id, target, { reason, expected }), () => {
      announce('Passed on')
      onClose()
    })
  }

  return (
    <Dialog title="Pass on the ticket" onClose={onClose}>
      <form className="desk-form" onSubmit={submit}>
        <fieldset>
          <legend className="visually-hidden">To whom</legend>
          <Segments
            name="transfer"
            choices={[
              ['person', 'To a colleague'],
              ['topic', 'To another topic'],
            ]}
            chosen={kind}
            onChoose={choose}
          />
        </fieldset>
        <Targets kind={kind} ticket={ticket} target={target} onChoose={setTarget} />
        <ReasonField value={reason} onChange={setReason} />
        <Problem what={error} />
        <button type="submit" className="button primary" disabled={isPending || !target}>
          Pass on
        </button>
      </form>
    </Dialog>
  )
}

interface TargetsProps {
  readonly kind: 'person' | 'topic'
  readonly ticket: Ticket
  readonly target: TransferTarget | null
  readonly onChoose: (target: TransferTarget) => void
}

function Targets({ kind, ticket, target, onChoose }: TargetsProps) {
  const people = useLineManagers()
  const { topics, status, error } = useTopics()
  if (kind === 'person')
    return (
      <ListStatus status={people.status} error={people.error} label="Loading colleagues">
        <ColleagueChoice
          colleagues={people.lineManagers.filter(({ user_id }) => user_id !== ticket.line_manager)}
          chosen={target && 'line_manager' in target ? target.line_manager : null}
          onChoose={(line_manager) => onChoose({ line_manager })}
        />
      </ListStatus>
    )
  return (
    <ListStatus status={status} error={error} label="Loading topics">
      <TopicChoice
        topics={topics.filter(({ name }) => name !== ticket.product)}
        chosen={target && 'product' in target ? target.product : null}
        onChoose={(product) => onChoose({ product })}
      />
    </ListStatus>
  )
}
