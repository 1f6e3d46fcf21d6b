import type { Ticket } from '@dowellchat/client'
import { type UseTicketActions, useLineManager, useTicketActions } from '@dowellchat/client/react'
import {
  ArrowRightLeft,
  Check,
  Download,
  Ellipsis,
  Hand,
  Pause,
  Play,
  RotateCcw,
  StickyNote,
  UserRound,
} from 'lucide-react'
import { useState } from 'react'
import { Avatar } from '../../components/avatar.tsx'
import { BackLink } from '../../components/back-link.tsx'
import { MenuButton } from '../../components/menu-button.tsx'
import type { MenuItem } from '../../components/menu-item.ts'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { CallLink } from '../calls/call-link.tsx'
import { useSelf } from '../people/use-self.ts'
import { customerOf } from '../tickets/ticket-words.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { HeaderButton } from './header-button.tsx'
import { HoldDialog } from './hold-dialog.tsx'
import { saveText } from './save-text.ts'
import { StateWords } from './state-words.tsx'
import { dueOf } from './target-words.ts'
import { TransferDialog } from './transfer-dialog.tsx'
import { useServerNow } from './use-server-now.ts'

/** What is shown beside the conversation. */
export type Panel = 'notes' | 'customer'

interface DeskHeaderProps {
  readonly ticket: Ticket
  readonly panel: Panel | null
  readonly onPanel: (panel: Panel | null) => void
  readonly onClosed: (ticket: Ticket) => void
}

/** Whose ticket it is and how it is, and what an agent can do with it. */
export function DeskHeader({ ticket, panel, onPanel, onClosed }: DeskHeaderProps) {
  const actions = useTicketActions()
  const [dialog, setDialog] = useState<'transfer' | 'hold' | null>(null)
  const customer = customerOf(ticket)
  const toggle = (one: Panel) => (): void => onPanel(panel === one ? null : one)
  return (
    <>
      <header className="detail-header">
        <BackLink href={paths.tickets} label="All tickets" />
        <Avatar name={customer} id={ticket.user_id} />
        <Title ticket={ticket} customer={customer} />
        <CallLink to={ticket.user_id} name={customer} ticket={ticket._id} />
        <HeaderButton
          label="Notes"
          icon={StickyNote}
          isPressed={panel === 'notes'}
          onPress={toggle('notes')}
        />
        <HeaderButton
          label="Customer"
          icon={UserRound}
          isPressed={panel === 'customer'}
          onPress={toggle('customer')}
        />
        <MainAction ticket={ticket} actions={actions} onClosed={onClosed} />
        <MenuButton
          label="More for this ticket"
          icon={Ellipsis}
          items={() => moreItems(ticket, actions, setDialog)}
        />
      </header>
      <Problem what={actions.error} />
      {dialog === 'transfer' && <TransferDialog ticket={ticket} onClose={() => setDialog(null)} />}
      {dialog === 'hold' && <HoldDialog ticket={ticket} onClose={() => setDialog(null)} />}
    </>
  )
}

function Title({ ticket, customer }: { readonly ticket: Ticket; readonly customer: string }) {
  const now = useServerNow()
  const due = dueOf(ticket, now)
  const titleOf = useTopicTitle()
  return (
    <div className="detail-title">
      <h2>
        <bdi>{customer}</bdi>
        {ticket.subject !== null && <bdi className="desk-subject"> · {ticket.subject}</bdi>}
      </h2>
      <p>
        <StateWords ticket={ticket} now={now} /> · {titleOf(ticket.product)}
        {due && (
          <>
            {' · '}
            <span className="desk-due-words" data-urgency={due.urgency}>
              {due.words}
            </span>
          </>
        )}
      </p>
    </div>
  )
}

interface MainActionProps {
  readonly ticket: Ticket
  readonly actions: UseTicketActions
  readonly onClosed: (ticket: Ticket) => void
}

/** What comes next for a ticket in its state: to take it, to close it, or to open it again. */
function MainAction({ ticket, actions, onClosed }: MainActionProps) {
  const { claim, close, reopen, isPending } = actions
  const isAgent = useLineManager(useSelf().userId).status === 'ready'
  const common = { isDisabled: isPending, isWide: true } as const
  if (ticket.is_closed)
    return (
      <HeaderButton {...common} label="Reopen" icon={RotateCcw} onPress={() => void reopen(ticket._id)} />
    )
  return (
    <>
      {ticket.state === 'waiting' && isAgent && (
        <HeaderButton {...common} label="Take" icon={Hand} onPress={() => void claim(ticket._id)} />
      )}
      <HeaderButton
        {...common}
        label="Close ticket"
        icon={Check}
        onPress={() => whenDone(close(ticket._id), onClosed)}
      />
    </>
  )
}

function moreItems(
  ticket: Ticket,
  { resume, transcript }: UseTicketActions,
  open: (dialog: 'transfer' | 'hold') => void,
): readonly MenuItem[] {
  const customer = customerOf(ticket)
  const keep: MenuItem = {
    label: 'Save the conversation',
    icon: Download,
    onChoose: () =>
      whenDone(transcript(ticket._id, 'text'), (text) => saveText(`Ticket of ${customer}.txt`, text)),
  }
  if (ticket.is_closed) return [keep]
  const hold: MenuItem =
    ticket.state === 'on_hold'
      ? {
          label: 'Take off hold',
          icon: Play,
          onChoose: () => whenDone(resume(ticket._id), () => announce('No longer on hold')),
        }
      : { label: 'Put on hold', icon: Pause, onChoose: () => open('hold') }
  return [
    { label: 'Pass on', icon: ArrowRightLeft, onChoose: () => open('transfer') },
    // Nobody can hold what nobody has.
    ...(ticket.line_manager === null ? [] : [hold]),
    keep,
  ]
}
