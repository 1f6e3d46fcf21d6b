import type { Call } from '@dowellchat/client'
import { useStartCall } from '@dowellchat/client/react'
import { PhoneOff } from 'lucide-react'
import { useNameOf } from '../people/use-name-of.ts'
import { endWords } from './call-words.ts'

/** How a call ended; shown until it is dismissed or another call begins. */
export function CallOutcome({ call, onDismiss }: { readonly call: Call; readonly onDismiss: () => void }) {
  const { startCall } = useStartCall()
  const name = useNameOf(call.with, call.name)
  const wasThere = call.connectedAt !== null
  return (
    <section className="card call-outcome" aria-labelledby="outcome">
      <PhoneOff aria-hidden />
      <div role="alert">
        <h2 id="outcome">{wasThere || !call.error ? 'Call ended' : 'The call could not start'}</h2>
        <p dir="auto">{endWords(call, name)}</p>
      </div>
      <div className="buttons">
        <button type="button" className="button primary" onClick={() => void startCall(call.with)}>
          Call again
        </button>
        <button type="button" className="button" onClick={onDismiss}>
          Dismiss
        </button>
      </div>
    </section>
  )
}
