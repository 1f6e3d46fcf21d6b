import { useConnection } from '@dowellchat/client/react'
import { CloudOff } from 'lucide-react'
import { wordsOf } from '../../lib/words.ts'
import { RefusalButtons } from './refusal-buttons.tsx'

/** A connection problem, shown above the page. The page itself stays as it is. */
export function ConnectionBanner() {
  const { status, error } = useConnection()
  return (
    <div role="alert" className="connection-banner">
      {error && (
        <>
          <CloudOff aria-hidden />
          <p>
            {wordsOf(error)}
            {error.retrying && '. Reconnecting automatically; what you write is kept.'}
          </p>
          {status === 'refused' && <RefusalButtons />}
        </>
      )}
    </div>
  )
}
