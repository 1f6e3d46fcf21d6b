import type { Call } from '@dowellchat/client'
import { type UseCall, useCall } from '@dowellchat/client/react'
import { PhoneCall } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { CallDuration } from './call-duration.tsx'
import { endTitle, statusWords } from './call-words.ts'
import { useOtherSide } from './use-other-side.ts'
import './call-bar.css'

/** Your current call, on pages other than the calls page. */
export function CallBar() {
  const { call, ...actions } = useCall()
  const [location] = useLocation()
  return call && !location.startsWith(paths.calls) ? <CallElsewhere call={call} {...actions} /> : null
}

interface CallElsewhereProps extends Pick<UseCall, 'hangUp' | 'dismiss'> {
  readonly call: Call
}

function CallElsewhere({ call, hangUp, dismiss }: CallElsewhereProps) {
  const { name } = useOtherSide(call)
  const isOver = call.status === 'ended'
  return (
    <section className="call-bar" aria-label="Your call">
      <PhoneCall aria-hidden />
      <p>
        <bdi className="one-line">{name}</bdi>
        <span role="status">{isOver ? endTitle(call) : statusWords(call)}</span>
        {!isOver && call.connectedAt && <CallDuration since={call.connectedAt} />}
      </p>
      <Link href={paths.calls} className="button small">
        {isOver ? 'Details' : 'Return to call'}
      </Link>
      {isOver ? (
        <button type="button" className="button small" onClick={dismiss}>
          Dismiss
        </button>
      ) : (
        <button type="button" className="button small danger" onClick={() => void hangUp()}>
          Hang up
        </button>
      )}
    </section>
  )
}
