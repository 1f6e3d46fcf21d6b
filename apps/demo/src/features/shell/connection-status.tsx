import type { ConnectionStatus } from '@dowellchat/client'
import { useConnection } from '@dowellchat/client/react'

const words: Readonly<Record<ConnectionStatus, string>> = {
  idle: 'Connecting',
  connecting: 'Connecting',
  online: 'Connected',
  offline: 'No connection',
  refused: 'Refused',
}

/** The state of the connection in a word. */
export function ConnectionStatusText() {
  const { status } = useConnection()
  return (
    <span role="status" className="connection-status" data-status={status}>
      {words[status]}
    </span>
  )
}
