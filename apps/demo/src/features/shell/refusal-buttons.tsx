import { useChatClient } from '@dowellchat/client/react'
import { leave } from '../people/person.ts'

/** What you can do when the server refuses your identity. */
export function RefusalButtons() {
  const client = useChatClient()
  return (
    <div className="buttons">
      {/* The provider already holds the connection; connecting once more starts another attempt. */}
      <button type="button" className="button primary" onClick={() => client.connect()()}>
        Try again
      </button>
      <button type="button" className="button" onClick={leave}>
        Enter as somebody else
      </button>
    </div>
  )
}
