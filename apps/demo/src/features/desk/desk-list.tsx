import { type UseLine, type UseTickets, useLine } from '@dowellchat/client/react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useSelf } from '../people/use-self.ts'
import { AllTickets } from './all-tickets.tsx'
import { OwnAvailability } from './own-availability.tsx'
import { TicketList } from './ticket-list.tsx'

type Shown = 'mine' | 'waiting' | 'all'

/** The lists of the desk: your own tickets, those that wait, and all. */
export function DeskList({ current }: { readonly current: string | null }) {
  const line = useLine()
  const { role } = useSelf()
  // Admins mostly look; agents mostly answer.
  const [shown, setShown] = useState<Shown>(role === 'admin' ? 'all' : 'mine')
  const { mine, waiting } = line
  return (
    <>
      <div className="list-header">
        <h1>Tickets</h1>
        <OwnPart line={line} />
        <fieldset>
          <legend className="visually-hidden">Which tickets</legend>
          <Segments
            name="desk"
            choices={[
              ['mine', `Mine${countOf(mine)}`],
              ['waiting', `Waiting${countOf(waiting)}`],
              ['all', 'All'],
            ]}
            chosen={shown}
            onChoose={setShown}
          />
        </fieldset>
      </div>
      {shown === 'mine' && (
        <TicketList label="Your tickets" list={mine} current={current} none="You have no open tickets." />
      )}
      {shown === 'waiting' && (
        <TicketList label="Waiting tickets" list={waiting} current={current} none="Nobody is waiting." />
      )}
      {shown === 'all' && <AllTickets current={current} />}
    </>
  )
}

/** Whether you take tickets, and the next one; for line managers. */
function OwnPart({ line }: { readonly line: UseLine }) {
  const { lineManager, waiting, claimNext, isPending, error } = line
  const [, navigate] = useLocation()
  if (!lineManager) return null
  return (
    <>
      <OwnAvailability line={line} />
      <button
        type="button"
        className="button primary"
        disabled={isPending || waiting.tickets.length === 0}
        onClick={() => whenDone(claimNext(), ({ _id }) => navigate(paths.ticket(_id)))}
      >
        Take the next ticket
      </button>
      <Problem what={error} />
    </>
  )
}

function countOf({ tickets, hasMore }: UseTickets): string {
  return tickets.length === 0 ? '' : ` ${tickets.length}${hasMore ? '+' : ''}`
}
