import type { ReactNode } from 'react'
import {
  useChatClient,
  useConnection,
  useLineManagers,
  useMessages,
  useRoom,
  useSendMessage,
  useTicket,
  useTicketMessages,
  useTickets,
  useTopics,
} from '../index.ts'

/** A page with every hook, and what each shows first. */
export function EveryHook(): ReactNode {
  useChatClient()
  const { sendMessage } = useSendMessage('lobby')
  const shown = [
    useConnection().status,
    useRoom('lobby').status,
    useMessages('lobby').status,
    useTopics().status,
    useLineManagers().status,
    useTickets().status,
    useTicket('01a20e64-72ea-7efc-87b7-942b1d3f785e').status,
    useTicketMessages('01a20e64-72ea-7efc-87b7-942b1d3f785e').status,
  ]
  return (
    <button type="button" onClick={() => void sendMessage('Hello')}>
      {shown.join(' ')}
    </button>
  )
}
