import { useSession, useTickets } from '@dowellchat/client/react'
import { ShieldAlert } from 'lucide-react'
import { Link } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { AgentLoads } from './agent-loads.tsx'
import { Figures } from './figures.tsx'
import { TopicLines } from './topic-lines.tsx'
import { useAgents } from './use-agents.ts'
import { usePredictions } from './use-predictions.ts'
import { latestWaits } from './waits.ts'
import { WaitsChart } from './waits-chart.tsx'
import './board.css'

const shownWaits = 12

/** How it goes at the desk: who waits, who is there, and whether what customers are told comes true. */
export function BoardPage() {
  const { role } = useSession()
  useTitle('Board · dowellchat')
  if (role === null) return <Skeleton label="Connecting" />
  if (role === 'agent' || role === 'admin') return <Board />
  return (
    <EmptyState icon={ShieldAlert} title="This page is for agents">
      <Link href={paths.tickets} className="button">
        Go to your tickets
      </Link>
    </EmptyState>
  )
}

function Board() {
  const waiting = useTickets({ states: ['waiting'], order: 'longest_waiting' })
  const all = useTickets()
  const agents = useAgents(all.tickets)
  const predictions = usePredictions(waiting.tickets)
  return (
    <div className="page">
      <h1>Board</h1>
      <ListStatus status={waiting.status} error={waiting.error} label="Loading the board">
        <Figures waiting={waiting} agents={agents} />
        <div className="board-columns">
          <AgentLoads {...agents} />
          <TopicLines />
        </div>
        <WaitsChart waits={latestWaits(all.tickets, predictions, shownWaits)} />
      </ListStatus>
    </div>
  )
}
