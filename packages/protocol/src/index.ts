export {
  Attachment,
  type AttachmentRequests,
  FileName,
  MediaType,
  OutgoingAttachment,
} from './attachments.ts'
export { AuditEntry, type AuditRequests } from './audit.ts'
export {
  CallEndReason,
  CallMedia,
  type CallPushes,
  CallRecord,
  type CallRequests,
  IceServer,
  SentSignal,
} from './calls.ts'
export { CannedAnswer, type CannedAnswerPushes, type CannedAnswerRequests } from './canned-answers.ts'
export {
  type AnswerOf,
  type ClientRequestName,
  type ClientRequests,
  type ClientToServerEvents,
  type CodeOf,
  clientRequests,
  type DataOf,
  type PayloadOf,
  type Pushes,
  type PushName,
  type PushOf,
  pushes,
  type RequestName,
  type Requests,
  requests,
  type ServerToClientEvents,
} from './contract.ts'
export type { PushDefs, RequestDef, RequestDefs, Schema } from './define.ts'
export { Draft, type DraftPushes, type DraftRequests } from './drafts.ts'
export {
  type CommonCode,
  type ConnectionCode,
  ErrorBody,
  ErrorCode,
  errorMeanings,
  errors,
  Failure,
  isCommonCode,
  type SpecificCode,
  type Success,
} from './errors.ts'
export {
  type EstimatePushes,
  type EstimateRequests,
  LineSpeed,
  UnknownReason,
  WaitingEstimate,
} from './estimates.ts'
export {
  Cid,
  ClientTime,
  DeviceId,
  Id,
  Metadata,
  Name,
  Picture,
  Signal,
  StoredId,
  StoredStreamName,
  StreamName,
  Text,
  Time,
  TopicName,
} from './fields.ts'
export { Key, KeyKind, type KeyRequests, KeyScope } from './keys.ts'
export { limits } from './limits.ts'
export { LineManager, type LineManagerPushes, type LineManagerRequests } from './line-managers.ts'
export { ChangeKind, MessageChange, type MessageChangeRequests, MessageVersion } from './message-changes.ts'
export {
  Mention,
  Message,
  MessageKind,
  type MessageRequests,
  OutgoingMessage,
  Quote,
  Reaction,
  RemovalReason,
  SendResult,
  TicketFact,
} from './messages.ts'
export { type ModerationPushes, type ModerationRequests, Report } from './moderation.ts'
export { type PersonalDataRequests, PersonalRow } from './personal-data.ts'
export {
  Availability,
  Preferences,
  Presence,
  type PresencePushes,
  type PresenceRequests,
  RoomPresence,
} from './presence.ts'
export { describeProblem } from './problems.ts'
export { Reader, type ReaderPushes, type ReaderRequests, Receipt } from './readers.ts'
export {
  hasMembers,
  Invite,
  ListedRoom,
  MemberChange,
  memberRoomPrefix,
  Room,
  RoomActivity,
  RoomKind,
  RoomMember,
  type RoomPushes,
  type RoomRequests,
  RoomRole,
} from './rooms.ts'
export { addBusinessMinutes, isOpen, opensAt } from './rules/business-hours.ts'
export {
  type CallDevice,
  type CallEvent,
  type CallState,
  type CallStatus,
  type CallTransition,
  callDevices,
  callTransition,
  isMissed,
  isParty,
  isSameDevice,
  isUnderWay,
  ringingCall,
} from './rules/call-transition.ts'
export { changedMessage } from './rules/changed-message.ts'
export { cleanName } from './rules/clean-name.ts'
export { type FactKind, type FactNames, factText } from './rules/fact-text.ts'
export { type AnswerValues, fillAnswer } from './rules/fill-answer.ts'
export { lineOrder, lineOwner, managerLine, topicLine } from './rules/line-order.ts'
export { type LineWorker, lineSpeed } from './rules/line-speed.ts'
export { mentionsProblem } from './rules/mentions-problem.ts'
export { isBlank, isNormalName, normalName } from './rules/names.ts'
export { nextTarget } from './rules/next-target.ts'
export { quoteOf } from './rules/quote-of.ts'
export { normalReaction } from './rules/reactions.ts'
export { removedMessage } from './rules/removed-message.ts'
export { type MoveRefusal, type TicketMove, type TicketStatus, ticketMove } from './rules/ticket-move.ts'
export { topicName } from './rules/topic-name.ts'
export { topicTitle } from './rules/topic-title.ts'
export { utf8Length } from './rules/utf8-length.ts'
export { estimateWait, type Wait } from './rules/waiting-estimate.ts'
export { countedAhead, waitingTime } from './rules/waiting-time.ts'
export { SearchHit, type SearchRequests } from './search.ts'
export {
  Handshake,
  Hello,
  protocolVersion,
  Role,
  type Session,
  type SessionPushes,
  type SessionRequests,
} from './session.ts'
export { MetaSetting, ShareLink, type ShareLinkRequests } from './share-links.ts'
export {
  Deletion,
  Entry,
  Head,
  isMessage,
  notesStream,
  Page,
  Position,
  ResetReason,
  roomStream,
  StreamHead,
  type StreamKind,
  type StreamPushes,
  type StreamRequests,
  streamOwner,
  threadStream,
  ticketStream,
} from './streams.ts'
export { Thread, type ThreadPushes, type ThreadRequests } from './threads.ts'
export {
  Rating,
  Ticket,
  TicketActivity,
  TicketPriority,
  type TicketPushes,
  type TicketRequests,
  TicketState,
  TicketTarget,
} from './tickets.ts'
export { BusinessHours, Strategy, Targets, Topic, type TopicPushes, type TopicRequests } from './topics.ts'
export { BlockedUser, User, type UserPushes, type UserRequests } from './users.ts'
export { FailedDelivery, type WebhookRequests } from './webhooks.ts'
