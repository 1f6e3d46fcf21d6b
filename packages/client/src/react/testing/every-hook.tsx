import type { ReactNode } from 'react'
import {
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
} from '../index.ts'

/** A page that uses every hook and shows its first result. */
export function EveryHook(): ReactNode {
  useChatClient()
  const { sendMessage } = useSendMessage('lobby')
  const { startCall } = useStartCall()
  const shown = [
    useConnection().status,
    useRoom('lobby').status,
    useMessages('lobby').status,
    useTopics().status,
    useLineManagers().status,
    useTickets().status,
    useTicket('01a20e64-72ea-7efc-87b7-942b1d3f785e').status,
    useTicketMessages('01a20e64-72ea-7efc-87b7-942b1d3f785e').status,
    String(useCall().call),
    String(useIncomingCall().call),
    useLocalMedia().camera.status,
  ]
  return (
    <>
      <p>{shown.join(' ')}</p>
      <button type="button" onClick={() => void sendMessage('Hello')}>
        Send
      </button>
      <button type="button" onClick={() => void startCall('bob')}>
        Call
      </button>
    </>
  )
}
