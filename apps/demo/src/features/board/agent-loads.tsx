import type { LineManager } from '@dowellchat/client'
import type { UseLineManagers } from '@dowellchat/client/react'
import { Avatar } from '../../components/avatar.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { openWords, whereabouts } from '../agents/agent-words.ts'
import { PresenceMark } from '../agents/presence-mark.tsx'
import { useNameOf } from '../people/use-name-of.ts'

/** How much each agent has open. */
export function AgentLoads({ lineManagers: agents, status, error }: UseLineManagers) {
  // Without a limit, the fullest one says how long a bar can be.
  const most = Math.max(1, ...agents.map(({ ticket_count, capacity }) => capacity ?? ticket_count))
  return (
    <section className="card" aria-labelledby="board-agents">
      <h2 id="board-agents">Agents</h2>
      <ListStatus status={status} error={error} label="Loading the agents">
        {agents.length === 0 && <p className="hint">No agents yet. Tickets wait until there is one.</p>}
        <ul className="board-agents">
          {agents.map((agent) => (
            <AgentLoad key={agent._id} agent={agent} most={most} />
          ))}
        </ul>
      </ListStatus>
    </section>
  )
}

function AgentLoad({ agent, most }: { readonly agent: LineManager; readonly most: number }) {
  const { user_id, ticket_count, capacity } = agent
  const name = useNameOf(user_id)
  const full = capacity ?? most
  return (
    <li>
      <Avatar name={name} id={user_id} size="s" />
      <div className="board-agent">
        <p>
          <bdi className="one-line">{name}</bdi> <PresenceMark agent={agent} />
          <span className="muted">{whereabouts(agent)}</span>
          <span className="board-count">{openWords(agent)}</span>
        </p>
        <svg className="board-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect className="board-bar-room" width="100" height="4" />
          <rect className="board-bar-load" width={Math.min(100, (100 * ticket_count) / full)} height="4" />
        </svg>
      </div>
    </li>
  )
}
