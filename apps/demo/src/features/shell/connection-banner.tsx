import { useConnection } from '@dowellchat/client/react'
import { CloudOff } from 'lucide-react'
import { wordsOf } from '../../lib/words.ts'
import { RefusalButtons } from './refusal-buttons.tsx'

/** What is wrong with the connection, above the page, which stays as it is. */
export function ConnectionBanner() {
  const { status, error } = useConnection()
  return (
    <div role="alert" className="connection-banner">
      {error && (
        <>
          <CloudOff aria-hidden />
          <p>
            {wordsOf(error)}
            {error.retrying && ' — the page tries again by itself. What you write is kept.'}
          </p>
          {status === 'refused' && <RefusalButtons />}
        </>
      )}
    </div>
  )
}
