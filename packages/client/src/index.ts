export type { PayloadOf, PushName, RequestName, Session } from '@dowellchat/protocol'
export type { ChatAuth, GetTokenAuth, GuestAuth, ServerKeyAuth, TokenAuth } from './auth.ts'
export type { Call, CallsState, IncomingCall } from './call.ts'
export type { Calls, CallsOptions, StartOptions } from './calls.ts'
export {
  type ChatClient,
  type ChatClientChanges,
  type ChatClientOptions,
  createChatClient,
} from './client.ts'
export type { ConnectionState, ConnectionStatus } from './connection.ts'
export type {
  CallEndReason,
  CodeOf,
  DataOf,
  Entry,
  ErrorBody,
  ErrorCode,
  Invite,
  LineManager,
  Message,
  MessageKind,
  Page,
  Position,
  PushOf,
  Role,
  Room,
  RoomInfo,
  RoomMember,
  Ticket,
  Topic,
  User,
} from './entities.ts'
export { ConnectionError, isRequestError, MediaError, type MediaErrorCode, RequestError } from './errors.ts'
export type { ChatStorage } from './guest-tokens.ts'
export type { LineManagerDraft, LineManagers } from './line-managers.ts'
export type { ListState, LiveList } from './live-list.ts'
export type { DeviceState, LocalMedia, LocalMediaState } from './local-media.ts'
export type { MessageRow } from './message-rows.ts'
export type { Observable } from './observable.ts'
export type { PushMethods } from './push.ts'
export type { LaterEntry } from './receiving.ts'
export type { RequestMethods } from './request.ts'
export type { InviteDraft, RoomDraft, Rooms } from './rooms.ts'
export type { LiveStream, StreamState } from './stream.ts'
export type { Tickets } from './tickets.ts'
export type { Topics } from './topics.ts'
export type { LiveUser, LiveUsers, UserChanges, UserState, Users, UsersState } from './users.ts'
