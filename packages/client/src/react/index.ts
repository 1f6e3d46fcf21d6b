export type { PendingAttachment } from '../attachments/pending-state.ts'
export type { Call, CallQuality, IncomingCall } from '../calls/call.ts'
export type { CallCheck, DeviceCheck } from '../calls/call-check.ts'
export type { CallHistoryFilter } from '../calls/calls.ts'
export type { CallElement, CallMedia } from '../calls/dom-types.ts'
export type { ChosenDevices, DeviceKind } from '../calls/local-media.ts'
export type { DeviceList, ListedDevice } from '../calls/tools/device-list.ts'
export type { MicrophoneLevel } from '../calls/tools/microphone-level.ts'
export type { RingToneOptions } from '../calls/tools/ring-tone.ts'
export type { StreamOptions } from '../calls/tools/show-stream.ts'
export type {
  Attachment,
  Availability,
  CallEndReason,
  CallRecord,
  CannedAnswer,
  ErrorCode,
  Invite,
  LineManager,
  ListedRoom,
  Mention,
  Message,
  MessageKind,
  Quote,
  Rating,
  Reaction,
  Reader,
  Receipt,
  Report,
  Role,
  Room,
  RoomInfo,
  RoomMember,
  SearchHit,
  Thread,
  Ticket,
  TicketPriority,
  TicketState,
  Topic,
  User,
  WaitingEstimate,
} from '../entities.ts'
export { ConnectionError, isRequestError, MediaError, RequestError } from '../errors.ts'
export type { Failed, Failure, LiveState, Loading, Ready, Sync } from '../live/live.ts'
export type { EditOptions, JumpTarget, MessageOrRow, SendOptions } from '../messages/live-stream.ts'
export type { DraftRow, MessageRow, RowReaction, SentRow, UnsentRow } from '../messages/message-rows.ts'
export type { ReportFilter } from '../moderation/report-filter.ts'
export type { ReportTarget } from '../moderation/report-target.ts'
export type { SearchQuery } from '../search/search-state.ts'
export type { Queue } from '../tickets/queue-state.ts'
export type {
  ClaimOptions,
  PassOptions,
  TicketChanges,
  TransferOptions,
  TransferTarget,
} from '../tickets/ticket-actions.ts'
export type { TicketFilter } from '../tickets/ticket-filter.ts'
export type { CallError } from './call-error.ts'
export { ChatProvider, type ChatProviderProps, useChatClient } from './chat-provider.tsx'
export type { HookState, Missing, Skipped } from './hook-state.ts'
export { ProviderMissingError } from './provider-missing-error.ts'
export { type Skip, skip } from './skip.ts'
export { type ActionState, type UseAction, useAction } from './use-action.ts'
export {
  type AttachmentUrlData,
  type UseAttachmentUrl,
  useAttachmentUrl,
} from './use-attachment-url.ts'
export { type UseAttachments, useAttachments } from './use-attachments.ts'
export { type UseCall, useCall } from './use-call.ts'
export { type CallHistoryData, type UseCallHistory, useCallHistory } from './use-call-history.ts'
export { type UseCallQuality, useCallQuality } from './use-call-quality.ts'
export {
  type CannedAnswersData,
  type UseCannedAnswers,
  useCannedAnswers,
} from './use-canned-answers.ts'
export { type UseConnection, useConnection } from './use-connection.ts'
export type { ConversationData, UseConversation } from './use-conversation.ts'
export { type UseCountdown, useCountdown } from './use-countdown.ts'
export { type UseIncomingCall, useIncomingCall } from './use-incoming-call.ts'
export {
  type UseAcceptInvite,
  type UseCreateInvite,
  useAcceptInvite,
  useCreateInvite,
} from './use-invite-actions.ts'
export { type LineOptions, type UseLine, useLine } from './use-line.ts'
export { type LineManagerData, type UseLineManager, useLineManager } from './use-line-manager.ts'
export { type LineManagersData, type UseLineManagers, useLineManagers } from './use-line-managers.ts'
export type { ListControls } from './use-list.ts'
export { type UseLocalMedia, useLocalMedia } from './use-local-media.ts'
export { type UseMediaDevices, useMediaDevices } from './use-media-devices.ts'
export { type UseMessages, useMessages } from './use-messages.ts'
export { type UseMicrophoneLevel, useMicrophoneLevel } from './use-microphone-level.ts'
export { type UseNotes, useNotes } from './use-notes.ts'
export { type OwnPresenceData, type UseOwnPresence, useOwnPresence } from './use-own-presence.ts'
export {
  type PinnedMessagesData,
  type UsePinnedMessages,
  usePinnedMessages,
} from './use-pinned-messages.ts'
export { type PresenceData, type UsePresence, usePresence } from './use-presence.ts'
export { type QueueData, type UseQueue, useQueue } from './use-queue.ts'
export { type ReadPlace, type ReceiptsData, type UseReceipts, useReceipts } from './use-receipts.ts'
export { type UseReport, useReport } from './use-report.ts'
export { type ReportsData, type UseReports, useReports } from './use-reports.ts'
export { useRingTone } from './use-ring-tone.ts'
export { type RoomData, type UseRoom, useRoom } from './use-room.ts'
export {
  type UseAddMembers,
  type UseCreateRoom,
  type UseLeaveRoom,
  type UseRemoveMembers,
  type UseRoomActions,
  type UseUpdateRoom,
  useAddMembers,
  useCreateRoom,
  useLeaveRoom,
  useRemoveMembers,
  useRoomActions,
  useUpdateRoom,
} from './use-room-actions.ts'
export { type RoomMembersData, type UseRoomMembers, useRoomMembers } from './use-room-members.ts'
export { type RoomPresenceData, type UseRoomPresence, useRoomPresence } from './use-room-presence.ts'
export { type RoomsData, type UseRooms, useRooms } from './use-rooms.ts'
export { type UseScreenShare, useScreenShare } from './use-screen-share.ts'
export { type SearchData, type UseSearch, useSearch } from './use-search.ts'
export { type UseSendMessage, useSendMessage } from './use-send-message.ts'
export { type UseSession, useSession } from './use-session.ts'
export { type UseStartCall, useStartCall } from './use-start-call.ts'
export { type UseStream, useStream } from './use-stream.ts'
export { type SyncStatusOptions, type UseSyncStatus, useSyncStatus } from './use-sync-status.ts'
export { type UseThread, useThread } from './use-thread.ts'
export { useThreadInfo } from './use-thread-info.ts'
export { type TicketData, type UseTicket, useTicket } from './use-ticket.ts'
export {
  type UseCloseTicket,
  type UseCreateLineManager,
  type UseCreateTicket,
  type UseCreateTopic,
  useCloseTicket,
  useCreateLineManager,
  useCreateTicket,
  useCreateTopic,
} from './use-ticket-actions.ts'
export { type UseTicketActions, useTicketActions } from './use-ticket-handling.ts'
export { type UseTicketMessages, useTicketMessages } from './use-ticket-messages.ts'
export { type TicketsData, type UseTickets, useTickets } from './use-tickets.ts'
export { type TopicData, type UseTopic, useTopic } from './use-topic.ts'
export { type TopicsData, type TopicsOptions, type UseTopics, useTopics } from './use-topics.ts'
export { type UseTyping, useTyping } from './use-typing.ts'
export { type UnreadData, type UseUnread, useUnread } from './use-unread.ts'
export { type UserData, type UseUser, useUser } from './use-user.ts'
export { type UseBlockUser, type UseUpdateMe, useBlockUser, useUpdateMe } from './use-user-actions.ts'
export { type UsersData, type UseUsers, useUsers } from './use-users.ts'
