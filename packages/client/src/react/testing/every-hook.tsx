import type { ReactNode } from 'react'
import type { Message } from '../../entities.ts'
import * as hooks from '../index.ts'

/** Every hook that users import. */
export type ExportedHook = Extract<keyof typeof import('../index.ts'), `use${string}`>

const { useChatClient, useConnection, useSession, useRoom, useMessages, useRooms, useRoomMembers } = hooks
const { useSendMessage, useTopics, useLineManagers, useTickets, useTicket, useTicketMessages } = hooks
const { useTopic, useLineManager, useUser, useUsers, useCall, useIncomingCall, useLocalMedia } = hooks
const { useCallHistory, useCallQuality, useScreenShare, useMediaDevices, useMicrophoneLevel } = hooks
const { useRingTone, useStream } = hooks
const { useAction, useCreateRoom, useUpdateRoom, useLeaveRoom, useAddMembers, useRemoveMembers } = hooks
const { useCreateInvite, useAcceptInvite, useCreateTicket, useCloseTicket, useCreateTopic } = hooks
const { useReport, useReports } = hooks
const { useLine, useQueue, useCountdown, useNotes, useCannedAnswers, useTicketActions } = hooks
const { useThread, useThreadInfo, usePinnedMessages, useUnread, useReceipts, useRoomActions } = hooks
const { useAttachments, useAttachmentUrl, useSearch } = hooks
const { useTyping, usePresence, useRoomPresence, useOwnPresence } = hooks
const { useCreateLineManager, useUpdateMe, useBlockUser, useStartCall, useSyncStatus } = hooks

/** The hooks that do something; they show nothing by themselves. */
export function useEveryAction() {
  const { rooms } = useChatClient()
  return {
    useAction: useAction(rooms.close),
    useCreateRoom: useCreateRoom(),
    useUpdateRoom: useUpdateRoom(),
    useLeaveRoom: useLeaveRoom(),
    useRoomActions: useRoomActions(),
    useAddMembers: useAddMembers(),
    useRemoveMembers: useRemoveMembers(),
    useCreateInvite: useCreateInvite(),
    useAcceptInvite: useAcceptInvite(),
    useCreateTicket: useCreateTicket(),
    useCloseTicket: useCloseTicket(),
    useCreateTopic: useCreateTopic(),
    useCreateLineManager: useCreateLineManager(),
    useUpdateMe: useUpdateMe(),
    useBlockUser: useBlockUser(),
    useStartCall: useStartCall(),
    useReport: useReport(),
    useTicketActions: useTicketActions(),
  } satisfies { [Hook in ExportedHook]?: unknown }
}

/** What a page looks at. */
export interface Subjects {
  readonly room: string
  /** A room with members. */
  readonly members: string
  readonly ticket: string
  /** The ticket whose notes are shown; default: the same. */
  readonly notes?: string | typeof hooks.skip
  readonly user: string
  /** A message of the room that has a thread. */
  readonly message: Message
}

/** The hooks that show something, as functions, to be mounted alone or together. */
export function hooksOf({ room, members, ticket, notes = ticket, user, message }: Subjects) {
  return {
    useConnection: () => useConnection(),
    useSession: () => useSession(),
    useRoom: () => useRoom(members),
    useMessages: () => useMessages(room),
    useRooms: () => useRooms(),
    useUnread: () => useUnread(),
    useReceipts: () => useReceipts(members),
    useRoomMembers: () => useRoomMembers(members),
    useSendMessage: () => useSendMessage(room),
    useSyncStatus: () => useSyncStatus({ guard: true }),
    useTopics: () => useTopics(),
    useLineManagers: () => useLineManagers(),
    useTickets: () => useTickets(),
    useTicket: () => useTicket(ticket),
    useTicketMessages: () => useTicketMessages(ticket),
    useLine: () => useLine(),
    useQueue: () => useQueue(ticket),
    useCountdown: () => useCountdown('2026-01-01T00:00:00.000Z'),
    useNotes: () => useNotes(notes),
    useCannedAnswers: () => useCannedAnswers('billing'),
    useTyping: () => useTyping(room),
    usePresence: () => usePresence([user]),
    useRoomPresence: () => useRoomPresence(room),
    useOwnPresence: () => useOwnPresence(),
    useThread: () => useThread(message),
    useThreadInfo: () => useThreadInfo(message),
    usePinnedMessages: () => usePinnedMessages(room),
    useReports: () => useReports(),
    useAttachments: () => useAttachments(),
    useAttachmentUrl: () => useAttachmentUrl(message, message.attachments?.[0] ?? attachment),
    useSearch: () => useSearch({ text: 'First' }),
    useTopic: () => useTopic('billing'),
    useLineManager: () => useLineManager('admin'),
    useUser: () => useUser(user),
    useUsers: () => useUsers([user, 'ann']),
    useCall: () => useCall(),
    useIncomingCall: () => useIncomingCall(),
    useLocalMedia: () => useLocalMedia(),
    useCallHistory: () => useCallHistory(),
    useCallQuality: () => useCallQuality(),
    useScreenShare: () => useScreenShare(),
    useMediaDevices: () => useMediaDevices(),
    useMicrophoneLevel: () => useMicrophoneLevel(),
    // The only one that answers nothing.
    useRingTone: () => ({ rings: useRingTone({ sound: null }) }),
    useStream: () => useStream(null),
  } satisfies {
    [Hook in Exclude<ExportedHook, keyof ReturnType<typeof useEveryAction> | 'useChatClient'>]: () => unknown
  }
}

const attachment = { upload_id: 'an-upload', name: 'a.png', type: 'image/png', size: 1 }
const unknownId = '01a20e64-72ea-7efc-87b7-942b1d3f785e'
const message: Message = {
  ...{ _id: unknownId, stream: 'room:lobby', seq: 1, nth: 1, type: 'message', kind: 'text', cid: unknownId },
  ...{ message_data: 'Hello', author: 'bob', display_name: null, reply_to: null, has_thread: true },
  ...{ created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
}
const shownHooks = hooksOf({
  ...{ room: 'lobby', members: `~${unknownId}`, ticket: unknownId, user: 'bob', message },
})

/** A page with every hook, and what each shows first. */
export function EveryHook(): ReactNode {
  const { useStartCall } = useEveryAction()
  // biome-ignore lint/correctness/useHookAtTopLevel: always the same hooks, in the same order
  const shown = Object.values(shownHooks).map((useOne) => useOne())
  const { send } = shownHooks.useSendMessage()
  const texts = [
    ...shown.map((state) => state && 'status' in state && state.status),
    String(shownHooks.useCall().call),
    String(shownHooks.useIncomingCall().call),
    shownHooks.useLocalMedia().camera.status,
  ]
  return (
    <>
      <p>{texts.join(' ')}</p>
      <button type="button" onClick={() => void send('Hello')}>
        Send
      </button>
      <button type="button" onClick={() => void useStartCall.startCall('bob')}>
        Call
      </button>
    </>
  )
}
