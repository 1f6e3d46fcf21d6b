import { useChatClient } from '@dowellchat/client/react'
import { leave } from '../people/person.ts'

/** What one can do where the server wants none of this identity. */
export function RefusalButtons() {
  const client = useChatClient()
  return (
    <div className="buttons">
      {/* Asking for a connection that one holds already is another try. */}
      <button type="button" className="button primary" onClick={() => client.connect()()}>
        Try again
      </button>
      <button type="button" className="button" onClick={leave}>
        Enter as somebody else
      </button>
    </div>
  )
}
