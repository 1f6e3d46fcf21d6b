import type { ReactNode } from 'react'
import {
  useCall,
  useChatClient,
  useConnection,
  useCreateRoom,
  useIncomingCall,
  useInvite,
  useLineManagers,
  useLocalMedia,
  useMessages,
  useRoom,
  useRoomInfo,
  useRoomMembers,
  useRooms,
  useSendMessage,
  useSession,
  useStartCall,
  useTicket,
  useTicketMessages,
  useTickets,
  useTopics,
  useUser,
  useUsers,
} from '../index.ts'

/** Every hook that users import. */
export type ExportedHook = Extract<keyof typeof import('../index.ts'), `use${string}`>

/** A page with every hook, and what each shows first. */
export function EveryHook(): ReactNode {
  const hooks = {
    useChatClient: useChatClient(),
    useConnection: useConnection(),
    useSession: useSession(),
    useRoom: useRoom('lobby'),
    useMessages: useMessages('lobby'),
    useRoomInfo: useRoomInfo('lobby'),
    useRooms: useRooms(),
    useRoomMembers: useRoomMembers('~01a20e64-72ea-7efc-87b7-942b1d3f785e'),
    useCreateRoom: useCreateRoom(),
    useInvite: useInvite('lobby'),
    useSendMessage: useSendMessage('lobby'),
    useTopics: useTopics(),
    useLineManagers: useLineManagers(),
    useTickets: useTickets(),
    useTicket: useTicket('01a20e64-72ea-7efc-87b7-942b1d3f785e'),
    useTicketMessages: useTicketMessages('01a20e64-72ea-7efc-87b7-942b1d3f785e'),
    useUser: useUser('bob'),
    useUsers: useUsers(['bob', 'zoe']),
    useCall: useCall(),
    useIncomingCall: useIncomingCall(),
    useStartCall: useStartCall(),
    useLocalMedia: useLocalMedia(),
  } satisfies { [Hook in ExportedHook]: unknown }
  const { sendMessage } = hooks.useSendMessage
  const { startCall } = hooks.useStartCall
  const shown = [
    ...Object.values(hooks).map((state) => 'status' in state && state.status),
    String(hooks.useCall.call),
    String(hooks.useIncomingCall.call),
    hooks.useLocalMedia.camera.status,
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
