import type { IncomingCall } from '@dowellchat/client'
import { type UseIncomingCall, useCall, useChatClient, useIncomingCall } from '@dowellchat/client/react'
import { Phone, PhoneOff, Video } from 'lucide-react'
import { useEffect } from 'react'
import { createPortal } from 'react-dom'
import { useLocation } from 'wouter'
import { Avatar } from '../../components/avatar.tsx'
import { Problem } from '../../components/problem.tsx'
import { useOpenDialog } from '../../components/use-open-dialog.ts'
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

function Ringing({ call, others, accept, decline, isPending, error }: RingingProps) {
  const { from, name, userId, media } = call
  const [, navigate] = useLocation()
  const { calls } = useChatClient()
  const caller = useNameOf(userId ?? from, name)
  const endedOne = useNameOfCurrent()
  const card = useLentFocus()
  const dialog = useOpenDialog()
  useTitle(`${caller} is calling · dowellchat`)
  useEffect(() => remember(from, name), [from, name])
  const hasVideo = media === 'video'
  const [Offered, Other] = hasVideo ? [Video, Phone] : [Phone, Video]

  function answer(options?: { video: boolean }): void {
    // The card shows a failure and keeps ringing.
    whenDone(accept(options), () => {
      // It may have been declined, or have ended, while the browser asked for the microphone.
      const { current } = calls.getSnapshot()
      if (current?.callId === call.callId) navigate(paths.calls)
    })
  }

  const shown = (
    <section ref={card} className="incoming" role="dialog" aria-labelledby="incoming-caller" tabIndex={-1}>
      <div className="incoming-head">
        <Avatar name={caller} id={userId ?? from} />
        <div role="alert">
          <h2 id="incoming-caller">
            <bdi>{caller}</bdi> is calling
          </h2>
          <CallFacts call={call} others={others} />
        </div>
      </div>
      {endedOne !== null && (
        <p className="incoming-end">
          Accepting ends your call with <bdi>{endedOne}</bdi>.
        </p>
      )}
      <Problem what={error} />
      <div className="incoming-buttons">
        <button type="button" className="button primary" disabled={isPending} onClick={() => answer()}>
          <Offered aria-hidden /> {endedOne === null ? 'Accept' : 'End call and accept'}
        </button>
        <button type="button" className="button danger" onClick={() => void decline()}>
          <PhoneOff aria-hidden /> Decline
        </button>
        <button
          type="button"
          className="button"
          disabled={isPending}
          onClick={() => answer({ video: !hasVideo })}
        >
          <Other aria-hidden /> {hasVideo ? 'Accept without video' : 'Accept with video'}
        </button>
      </div>
    </section>
  )
  return dialog ? createPortal(shown, dialog) : shown
}

/** What kind of call it is, and whether it is the only one. */
function CallFacts({ call: { media, ticketId }, others }: Pick<RingingProps, 'call' | 'others'>) {
  return (
    <>
      <p className="muted">
        {media === 'video' ? 'Video call' : 'Audio call'}
        {others > 0 && ` · ${others} more waiting`}
      </p>
      {ticketId !== null && <p className="muted">About a ticket</p>}
    </>
  )
}

/** With whom you talk already; null without a call. */
function useNameOfCurrent(): string | null {
  const { call } = useCall()
  const name = useNameOf(call?.userId ?? call?.with ?? '', call?.name)
  return call === null || call.status === 'ended' ? null : name
}
