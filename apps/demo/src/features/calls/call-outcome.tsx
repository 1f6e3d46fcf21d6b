import type { Call } from '@dowellchat/client'
import { useCreateRoom, useStartCall } from '@dowellchat/client/react'
import { MessageSquare, Phone, PhoneOff, Video } from 'lucide-react'
import { useLocation } from 'wouter'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { endTitle, endWords } from './call-words.ts'
import { useOtherSide } from './use-other-side.ts'

interface CallOutcomeProps {
  readonly call: Call
  readonly onDismiss: () => void
}

/** How a call ended; shown until it is dismissed or another call begins. */
export function CallOutcome({ call, onDismiss }: CallOutcomeProps) {
  const { startCall } = useStartCall()
  const { name, userId, ticketId } = useOtherSide(call)
  const hasVideo = call.media === 'video'
  return (
    <section className="card call-outcome" aria-labelledby="outcome">
      <PhoneOff aria-hidden />
      <div role="alert">
        <h2 id="outcome">{endTitle(call)}</h2>
        <p dir="auto">{endWords(call, name)}</p>
      </div>
      <div className="buttons">
        <button
          type="button"
          className="button primary"
          onClick={() => void startCall(call.with, { video: hasVideo, ticketId: ticketId ?? undefined })}
        >
          {hasVideo ? <Video aria-hidden /> : <Phone aria-hidden />}{' '}
          {call.direction === 'incoming' ? 'Call back' : 'Call again'}
        </button>
        {userId !== '' && <MessageButton userId={userId} />}
        <button type="button" className="button" onClick={onDismiss}>
          Dismiss
        </button>
      </div>
    </section>
  )
}

/** Opens the room of the two. */
function MessageButton({ userId }: { readonly userId: string }) {
  const { createRoom, isPending, error } = useCreateRoom()
  const [, navigate] = useLocation()

  function write(): void {
    const made = createRoom({ kind: 'direct', title: null, members: [userId] })
    whenDone(made, ({ _id }) => navigate(paths.room(_id)))
  }

  return (
    <>
      <button type="button" className="button" disabled={isPending} onClick={write}>
        <MessageSquare aria-hidden /> Message
      </button>
      <Problem what={error} />
    </>
  )
}
