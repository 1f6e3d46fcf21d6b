import { useSession } from '@dowellchat/client/react'
import { ShieldAlert } from 'lucide-react'
import { Link } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { Agents } from '../agents/agents.tsx'
import { Topics } from './topics.tsx'
import './admin.css'

/** Sets up the topics of tickets, and the agents who answer them. */
export function AdminPage() {
  const { role, can } = useSession()
  useTitle('Admin · dowellchat')
  if (role === null) return <Skeleton label="Connecting" />
  if (!can('create_topic')) {
    return (
      <EmptyState icon={ShieldAlert} title="This page is for admins">
        <p>To create topics and add agents, leave and enter as an admin.</p>
        <Link href={paths.tickets} className="button">
          Go to the tickets
        </Link>
      </EmptyState>
    )
  }
  return (
    <div className="page">
      <h1>Admin</h1>
      <div className="admin-columns">
        <Topics />
        <Agents />
      </div>
    </div>
  )
}
