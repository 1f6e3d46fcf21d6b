import { useLineManagers } from '@dowellchat/client/react'
import { ListStatus } from '../../components/list-status.tsx'
import { AddAgent } from './add-agent.tsx'
import { AgentItem } from './agent-item.tsx'
import './agents.css'

/** The people who take tickets: those who do are listed, changed, paused and removed, and others become some. */
export function Agents() {
  const { lineManagers, status, error } = useLineManagers()
  return (
    <section className="card" aria-labelledby="agents">
      <h2 id="agents">Agents</h2>
      <ListStatus status={status} error={error} label="Loading agents">
        {lineManagers.length === 0 ? (
          <p className="hint">No agents yet. Tickets wait until there is one.</p>
        ) : (
          <ul className="agents">
            {lineManagers.map((agent) => (
              <AgentItem key={agent._id} agent={agent} />
            ))}
          </ul>
        )}
        <AddAgent agents={lineManagers} />
      </ListStatus>
    </section>
  )
}
