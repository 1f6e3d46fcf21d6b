import type { IncomingCall } from '@dowellchat/client'
import { type UseIncomingCall, useIncomingCall } from '@dowellchat/client/react'
import { Phone, PhoneOff, Video } from 'lucide-react'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { whenDone } from '../../lib/when-done.ts'
import { remember } from '../people/seen-people.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useLentFocus } from './use-lent-focus.ts'
import './incoming-call-card.css'

/** An incoming call, shown on every page. */
export function IncomingCallCard() {
  const { call, ...incoming } = useIncomingCall()
  return call && <Ringing key={call.callId} call={call} {...incoming} />
}

interface RingingProps extends Omit<UseIncomingCall, 'call'> {
  readonly call: IncomingCall
}

function Ringing({
  call: { from, name, hasVideo },
  others,
  accept,
  decline,
  isPending,
  error,
}: RingingProps) {
  const [, navigate] = useLocation()
  const caller = useNameOf(from, name)
  const card = useLentFocus()
  useTitle(`${caller} is calling · dowellchat`)
  useEffect(() => remember(from, name), [from, name])

  function answer(video: boolean): void {
    // The card shows a failure and keeps ringing.
    whenDone(accept({ video }), () => navigate(paths.calls))
  }

  return (
    <section ref={card} className="incoming" role="dialog" aria-labelledby="incoming-caller" tabIndex={-1}>
      <div className="incoming-head">
        <Avatar name={caller} id={from} />
        <div role="alert">
          <h2 id="incoming-caller">
            <bdi>{caller}</bdi> is calling
          </h2>
          <p className="muted">
            {hasVideo ? 'Video call' : 'Audio call'}
            {others > 0 && ` · ${others} more waiting`}
          </p>
        </div>
      </div>
      <Problem what={error} />
      <div className="incoming-buttons">
        <button type="button" className="button primary" disabled={isPending} onClick={() => answer(true)}>
          <Video aria-hidden /> Accept
        </button>
        <button type="button" className="button danger" onClick={() => void decline()}>
          <PhoneOff aria-hidden /> Decline
        </button>
        <button type="button" className="button" disabled={isPending} onClick={() => answer(false)}>
          <Phone aria-hidden /> Accept without video
        </button>
      </div>
    </section>
  )
}
