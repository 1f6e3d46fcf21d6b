import type { ErrorCode } from '@dowellchat/client'
import { useConnection } from '@dowellchat/client/react'
import { ShieldAlert } from 'lucide-react'
import { useTitle } from '../../lib/use-title.ts'
import { wordsOf } from '../../lib/words.ts'
import { workspaceId } from '../../settings.ts'
import { RefusalButtons } from './refusal-buttons.tsx'

function adviceFor(code: ErrorCode | undefined): string {
  if (code === 'unsupported_protocol')
    return 'This page and the server are of different versions: load it again.'
  return `This page asks for the workspace “${workspaceId}”. Its address says so, with workspace=… and key=…: correct it, or enter as somebody else.`
}

/** Instead of the pages, where the server has never let one in. */
export function Refused() {
  const { error } = useConnection()
  useTitle('Refused · dowellchat')
  return (
    <div className="empty-state" role="alert">
      <ShieldAlert aria-hidden />
      <h1>The server did not let you in</h1>
      <p>{wordsOf(error)}</p>
      <p>{adviceFor(error?.code)}</p>
      <RefusalButtons />
    </div>
  )
}
