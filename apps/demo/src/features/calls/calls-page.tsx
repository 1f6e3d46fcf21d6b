import { useCall } from '@dowellchat/client/react'
import { paths, useNameInPath, useTicketInPath } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { CallOutcome } from './call-outcome.tsx'
import { CallView } from './call-view.tsx'
import { Dial } from './dial.tsx'
import { Preview } from './preview.tsx'
import { RecentCalls } from './recent-calls.tsx'
import './calls.css'

/** Your current call, or a form to start one and the calls of the past. */
export function CallsPage() {
  const { call, dismiss, ...actions } = useCall()
  const address = useNameInPath(paths.calls)
  const ticketId = useTicketInPath()
  useTitle('Calls · dowellchat')
  if (call && call.status !== 'ended') return <CallView call={call} {...actions} />

  return (
    <div className="page">
      <h1>Calls</h1>
      {call && <CallOutcome call={call} onDismiss={dismiss} />}
      <div className="calls-columns">
        <Dial key={`${address} ${ticketId}`} suggested={address ?? ''} ticketId={ticketId} />
        <RecentCalls />
        <Preview />
      </div>
    </div>
  )
}
