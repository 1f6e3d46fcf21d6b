import { type UseConnection, useConnection } from '@dowellchat/client/react'
import { CloudOff } from 'lucide-react'
import { wordsOf } from '../../lib/words.ts'
import { RefusalButtons } from './refusal-buttons.tsx'

/** A connection problem, shown above the page. The page itself stays as it is. */
export function ConnectionBanner() {
  const connection = useConnection()
  const text = problemOf(connection)
  return (
    <div role="alert" className="connection-banner">
      {text !== null && (
        <>
          <CloudOff aria-hidden />
          <p>{text}</p>
          {connection.status === 'refused' && <RefusalButtons />}
        </>
      )}
    </div>
  )
}

function problemOf({ status, error }: UseConnection): string | null {
  if (status === 'offline')
    return 'There is no connection. Reconnecting automatically; what you write is kept and sent then.'
  return error && wordsOf(error)
}
