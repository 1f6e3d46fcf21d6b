// A page with every public hook.
import {
  ChatProvider,
  skip,
  useCall,
  useChatClient,
  useConnection,
  useIncomingCall,
  useLineManagers,
  useLocalMedia,
  useMessages,
  useRoom,
  useSendMessage,
  useStartCall,
  useTicket,
  useTicketMessages,
  useTickets,
  useTopics,
} from '@dowellchat/client/react'
import { createRoot } from 'react-dom/client'

function Page() {
  const client = useChatClient()
  const { messages } = useMessages('lobby')
  const { send } = useSendMessage('lobby')
  const { startCall } = useStartCall()
  const seen = [
    useConnection().status,
    useRoom('lobby').status,
    useTopics().status,
    useLineManagers().status,
    useTickets().status,
    useTicket(skip).status,
    useTicketMessages(skip).status,
    useLocalMedia().microphone.status,
    useIncomingCall().others,
    useCall().call?.status ?? 'no call',
    client.calls.getSnapshot().incoming.length,
  ]
  return (
    <>
      <output>{seen.join(' ')}</output>
      <ul>
        {messages.map(({ key, message, delivery }) => (
          <li key={key}>
            {message.message_data}, {delivery}
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => void send('Hello, World!')}>
        Send
      </button>
      <button type="button" onClick={() => void startCall('bob', { video: false })}>
        Call
      </button>
    </>
  )
}

const url = new URLSearchParams(location.search).get('server') ?? ''
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <ChatProvider url={url} auth={{ workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' }}>
      <Page />
    </ChatProvider>,
  )
}
