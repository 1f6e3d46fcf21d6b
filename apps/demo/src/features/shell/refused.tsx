import type { ConnectionError } from '@dowellchat/client'
import { useConnection } from '@dowellchat/client/react'
import { ShieldAlert } from 'lucide-react'
import { useTitle } from '../../lib/use-title.ts'
import { wordsOf } from '../../lib/words.ts'
import { workspaceId } from '../../settings.ts'
import { RefusalButtons } from './refusal-buttons.tsx'

function reasonOf(error: ConnectionError | null): string {
  if (error?.code === 'unauthenticated') return 'The workspace and key in this page’s address do not match.'
  return wordsOf(error)
}

function adviceFor(code: string | undefined): string {
  if (code === 'unsupported_protocol')
    return 'This page and the server have different versions. Reload the page.'
  return `This page asks for the workspace “${workspaceId}”. Check workspace=… and key=… in its address, or enter as somebody else.`
}

/** Shown instead of the pages when the server has never let you in. */
export function Refused() {
  const { error } = useConnection()
  useTitle('Refused · dowellchat')
  return (
    <div className="empty-state" role="alert">
      <ShieldAlert aria-hidden />
      <h1>The server did not let you in</h1>
      <p>{reasonOf(error)}</p>
      <p>{adviceFor(error?.code)}</p>
      <RefusalButtons />
    </div>
  )
}
