import { useCall } from '@dowellchat/client/react'
import { PhoneCall } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { CallDuration } from './call-duration.tsx'
import { endTitle, statusWords } from './call-words.ts'
import './call-bar.css'

/** Your current call, on pages other than the calls page. */
export function CallBar() {
  const { call, hangUp, dismiss } = useCall()
  const [location] = useLocation()
  const name = useNameOf(call?.userId ?? call?.with ?? '', call?.name)
  if (!call || location.startsWith(paths.calls)) return null

  const isOver = call.status === 'ended'
  return (
    <section className="call-bar" aria-label="Your call">
      <PhoneCall aria-hidden />
      <p>
        <bdi className="one-line">{name}</bdi>
        <span role="status">{isOver ? endTitle(call) : statusWords[call.status]}</span>
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
