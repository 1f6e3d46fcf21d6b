import { useReports, useSession } from '@dowellchat/client/react'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Segments } from '../../components/segments.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { useTitle } from '../../lib/use-title.ts'
import { ReportCard } from './report-card.tsx'
import './reports.css'

const states = [
  ['open', 'Open'],
  ['done', 'Done'],
] as const

/** What people have reported, for admins. */
export function ReportsPage() {
  const { role, can } = useSession()
  useTitle('Reports · dowellchat')
  if (role === null) return <Skeleton label="Connecting" />
  if (can('get_reports')) return <Reports />
  return (
    <EmptyState icon={ShieldAlert} title="This page is for admins">
      <p>To see what was reported, leave and enter as an admin.</p>
    </EmptyState>
  )
}

function Reports() {
  const [isResolved, setIsResolved] = useState(false)
  const { reports, status, error, hasMore, loadMore, resolve } = useReports({ is_resolved: isResolved })
  return (
    <div className="page">
      <h1>Reports</h1>
      <fieldset className="reports-filter">
        <legend className="visually-hidden">Which reports</legend>
        <Segments
          name="reports"
          choices={states}
          chosen={isResolved ? 'done' : 'open'}
          onChoose={(state) => setIsResolved(state === 'done')}
        />
      </fieldset>
      <ListStatus status={status} error={error} label="Loading the reports">
        {reports.length === 0 && (
          <EmptyState icon={ShieldCheck} title={isResolved ? 'Nothing is done yet' : 'Nothing to do'}>
            <p>What people report about messages and each other appears here.</p>
          </EmptyState>
        )}
        <ul className="reports">
          {reports.map((report) => (
            <li key={report._id}>
              <ReportCard report={report} resolve={resolve} />
            </li>
          ))}
        </ul>
        {hasMore && (
          <button type="button" className="button" onClick={() => void loadMore()}>
            Show more
          </button>
        )}
      </ListStatus>
    </div>
  )
}
