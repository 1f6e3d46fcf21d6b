export type { PayloadOf, PushName, RequestName, Session } from '@dowellchat/protocol'
export { type AnswerValues, fillAnswer } from '@dowellchat/protocol/core'
export type { Attachments } from './attachments/attachments.ts'
export type {
  FileBytes,
  PendingAttachment,
  PendingAttachments,
  PendingState,
} from './attachments/pending-state.ts'
export type { UploadOptions } from './attachments/upload-options.ts'
export type { Call, CallQuality, CallsState, IncomingCall } from './calls/call.ts'
export type { CallCheck, DeviceCheck } from './calls/call-check.ts'
export type {
  CallHistoryFilter,
  Calls,
  CallsOptions,
  OutgoingCallOptions,
  StartOptions,
} from './calls/calls.ts'
export type { CallMedia, IceServer } from './calls/dom-types.ts'
export type {
  ChosenDevices,
  DeviceKind,
  DeviceState,
  LocalMedia,
  LocalMediaState,
} from './calls/local-media.ts'
export {
  type ChatClient,
  type ChatClientChanges,
  type ChatClientOptions,
  createChatClient,
} from './client.ts'
export type { ChatAuth, GetTokenAuth, GuestAuth, ServerKeyAuth, TokenAuth } from './connection/auth.ts'
export type { ClientSession, ConnectionState, ConnectionStatus } from './connection/connection-state.ts'
export type { ChatStorage } from './connection/guest-tokens.ts'
export type { WatchNetwork } from './connection/network.ts'
export type {
  Attachment,
  Availability,
  CallEndReason,
  CallRecord,
  CannedAnswer,
  CodeOf,
  DataOf,
  Entry,
  ErrorBody,
  ErrorCode,
  Invite,
  LineManager,
  ListedRoom,
  Mention,
  Message,
  MessageKind,
  Page,
  Position,
  Preferences,
  Presence,
  PushOf,
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
  RoomPresence,
  SearchHit,
  Thread,
  Ticket,
  TicketPriority,
  TicketState,
  Topic,
  User,
  WaitingEstimate,
} from './entities.ts'
export { ConnectionError, isRequestError, MediaError, type MediaErrorCode, RequestError } from './errors.ts'
export type { Failed, Failure, LiveState, Loading, Ready, Sync } from './live/live.ts'
export type { ListState, LiveList } from './live/live-list.ts'
export type { LiveThing, ThingState } from './live/live-thing.ts'
export type { Observable } from './live/observable.ts'
export type { StreamReset } from './messages/entry-log.ts'
export type { KeptMessages } from './messages/kept-messages.ts'
export type {
  Drafting,
  EditOptions,
  JumpTarget,
  LiveStream,
  MessageActions,
  MessageOrRow,
  Reading,
  SendOptions,
} from './messages/live-stream.ts'
export { findMentions, type Person } from './messages/mentions.ts'
export type {
  DraftRow,
  MessageRow,
  RowReaction,
  SentRow,
  UnsentMessage,
  UnsentRow,
} from './messages/message-rows.ts'
export type { Outbox, OutboxOptions, OutboxState } from './messages/outbox.ts'
export type { StreamData, StreamState } from './messages/stream-state.ts'
export type { ReportActions } from './moderation/report-actions.ts'
export type { ReportFilter } from './moderation/report-filter.ts'
export type { ReportTarget } from './moderation/report-target.ts'
export type { Reports } from './moderation/reports.ts'
export type { Own, PreferenceChanges, PresenceChanges } from './presence/own-presence.ts'
export type { ChatPresence } from './presence/presence.ts'
export type { LiveTyping, TypingPlace, TypingState, Typist } from './presence/typing.ts'
export type { Presences } from './presence/user-presences.ts'
export type {
  MessageMetadata,
  Register,
  RoomMetadata,
  TicketMetadata,
  UserMetadata,
} from './register.ts'
export type { PushMethods } from './requests/push.ts'
export type { LaterEntry } from './requests/receiving.ts'
export type { RequestMethods } from './requests/request.ts'
export type { Keeping } from './rooms/kept-rooms.ts'
export type { MessageReaders, Receipts } from './rooms/receipts-state.ts'
export type { InviteDraft, RoomActions, RoomChanges, RoomDraft } from './rooms/room-actions.ts'
export type { RoomFilter, Rooms } from './rooms/rooms.ts'
export type { LiveUnread, Unread, UnreadState } from './rooms/unread-state.ts'
export type { SearchQuery, SearchResults, SearchState } from './search/search-state.ts'
export type { Threads } from './threads/threads.ts'
export type {
  CannedAnswerActions,
  CannedAnswerChanges,
  CannedAnswerDraft,
} from './tickets/canned-answer-actions.ts'
export type { CannedAnswers } from './tickets/canned-answers.ts'
export type {
  LineManagerActions,
  LineManagerChanges,
  LineManagerDraft,
} from './tickets/line-manager-actions.ts'
export type { LineManagers } from './tickets/line-managers.ts'
export type { Queue } from './tickets/queue-state.ts'
export type {
  ClaimOptions,
  PassOptions,
  TicketActions,
  TicketChanges,
  TicketDraft,
  TicketMethods,
  TransferOptions,
  TransferTarget,
} from './tickets/ticket-actions.ts'
export type { TicketFilter } from './tickets/ticket-filter.ts'
export type { Tickets } from './tickets/tickets.ts'
export type { TopicActions, TopicChanges, TopicDraft } from './tickets/topic-actions.ts'
export type { Topics } from './tickets/topics.ts'
export type { UserActions, UserChanges } from './users/user-actions.ts'
export type { Users } from './users/users.ts'
export { uuid as newCid } from './uuid.ts'
