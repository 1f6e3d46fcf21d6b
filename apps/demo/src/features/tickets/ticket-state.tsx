import type { Ticket } from '@dowellchat/client'
import { formatDay, formatTime } from '../../lib/format.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { waitWords } from './ticket-words.ts'

/** Who has a ticket and how long it will wait, or that it is closed. */
export function TicketState({ ticket }: { readonly ticket: Ticket }) {
  const { userId } = useSelf()
  const { line_manager, is_closed, closed_at, waiting_time } = ticket
  const manager = useNameOf(line_manager ?? '')
  if (is_closed) return <>Closed{closed_at && ` · ${formatDay(closed_at)}, ${formatTime(closed_at)}`}</>
  if (line_manager === null) return <>Waiting for someone to be free</>
  return (
    <>
      With <bdi>{line_manager === userId ? 'you' : manager}</bdi>
      {waiting_time !== null && ` · ${waitWords(waiting_time)}`}
    </>
  )
}
