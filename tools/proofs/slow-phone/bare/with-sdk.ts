import { createChatClient } from '../../../../packages/client/src/index.ts'
import { onSend, show } from './view.ts'

// What the README says of a page without React.
const client = createChatClient({ url: location.origin, auth: { workspace_id: 'demo', guest: true } })
const lobby = client.rooms.messages('lobby')
lobby.subscribe(() => {
  const { status, messages } = lobby.getSnapshot()
  if (status !== 'ready') return
  show(messages.map(({ message, delivery }) => ({ text: message.message_data, isSent: delivery === 'sent' })))
})
lobby.retain()
client.connect()
onSend((text) => void lobby.send(text))
