import type { LineManager } from '@dowellchat/client'
import { useAction, useLineManagers } from '@dowellchat/client/react'
import { RotateCw } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { useNameOf } from '../people/use-name-of.ts'
import { LineManagerForm } from './line-manager-form.tsx'

/** Lists the line managers with their number of tickets, and creates new ones. */
export function LineManagers() {
  const { lineManagers, status, error, reload } = useLineManagers()
  const { run, isPending } = useAction(reload)
  return (
    <section className="card" aria-labelledby="line-managers">
      <div className="card-head">
        <h2 id="line-managers">Line managers</h2>
        <button type="button" className="button small quiet" disabled={isPending} onClick={() => void run()}>
          <RotateCw aria-hidden /> Refresh
        </button>
      </div>
      <ListStatus status={status} error={error} label="Loading line managers">
        {lineManagers.length === 0 ? (
          <p className="hint">No line managers yet. Tickets wait until there is one.</p>
        ) : (
          <ul className="managers">
            {lineManagers.map((manager) => (
              <LineManagerItem key={manager._id} manager={manager} />
            ))}
          </ul>
        )}
        <LineManagerForm lineManagers={lineManagers} />
      </ListStatus>
    </section>
  )
}

function LineManagerItem({ manager }: { readonly manager: LineManager }) {
  const { user_id, positions_in_a_line, average_serving_time, capacity, ticket_count } = manager
  const name = useNameOf(user_id)
  return (
    <li>
      <Avatar name={name} id={user_id} />
      <div className="manager-about">
        <p>
          <bdi>{name}</bdi>
        </p>
        <p className="muted">
          Position {positions_in_a_line} · {average_serving_time} min per ticket
        </p>
      </div>
      <span className={`badge ${ticket_count > 0 ? 'accent' : ''}`}>
        {ticket_count}
        {capacity !== null && ` of ${capacity}`} open
      </span>
    </li>
  )
}
