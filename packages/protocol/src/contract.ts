import type * as z from 'zod/mini'
import { type AttachmentRequests, attachmentRequests } from './attachments.ts'
import { type AuditRequests, auditRequests } from './audit.ts'
import { type CallPushes, type CallRequests, callPushes, callRequests } from './calls.ts'
import {
  type CannedAnswerPushes,
  type CannedAnswerRequests,
  cannedAnswerPushes,
  cannedAnswerRequests,
} from './canned-answers.ts'
import { type DraftPushes, type DraftRequests, draftPushes, draftRequests } from './drafts.ts'
import type { CommonCode, ErrorCode, Failure, Success } from './errors.ts'
import { type EstimatePushes, type EstimateRequests, estimatePushes, estimateRequests } from './estimates.ts'
import { type KeyRequests, keyRequests } from './keys.ts'
import {
  type LineManagerPushes,
  type LineManagerRequests,
  lineManagerPushes,
  lineManagerRequests,
} from './line-managers.ts'
import { type MessageChangeRequests, messageChangeRequests } from './message-changes.ts'
import { type MessageRequests, messageRequests } from './messages.ts'
import {
  type ModerationPushes,
  type ModerationRequests,
  moderationPushes,
  moderationRequests,
} from './moderation.ts'
import { type PersonalDataRequests, personalDataRequests } from './personal-data.ts'
import { type PresencePushes, type PresenceRequests, presencePushes, presenceRequests } from './presence.ts'
import { type ReaderPushes, type ReaderRequests, readerPushes, readerRequests } from './readers.ts'
import { type RoomPushes, type RoomRequests, roomPushes, roomRequests } from './rooms.ts'
import { type SearchRequests, searchRequests } from './search.ts'
import { type SessionPushes, type SessionRequests, sessionPushes, sessionRequests } from './session.ts'
import { type ShareLinkRequests, shareLinkRequests } from './share-links.ts'
import { type StreamPushes, type StreamRequests, streamPushes, streamRequests } from './streams.ts'
import { type ThreadPushes, type ThreadRequests, threadPushes, threadRequests } from './threads.ts'
import { type TicketPushes, type TicketRequests, ticketPushes, ticketRequests } from './tickets.ts'
import { type TopicPushes, type TopicRequests, topicPushes, topicRequests } from './topics.ts'
import { type UserPushes, type UserRequests, userPushes, userRequests } from './users.ts'
import { type WebhookRequests, webhookRequests } from './webhooks.ts'

/** What people's clients ask for. */
export interface ClientRequests
  extends SessionRequests,
    RoomRequests,
    MessageRequests,
    ThreadRequests,
    ReaderRequests,
    PresenceRequests,
    ModerationRequests,
    MessageChangeRequests,
    AttachmentRequests,
    DraftRequests,
    SearchRequests,
    StreamRequests,
    CallRequests,
    TicketRequests,
    EstimateRequests,
    CannedAnswerRequests,
    ShareLinkRequests,
    TopicRequests,
    LineManagerRequests,
    UserRequests {}

/** What only programs with a server key ask for. */
export interface OperatorRequests extends KeyRequests, AuditRequests, PersonalDataRequests, WebhookRequests {}

export interface Requests extends ClientRequests, OperatorRequests {}

/** The requests of people's clients, by event name. */
export const clientRequests: ClientRequests = {
  ...sessionRequests,
  ...roomRequests,
  ...messageRequests,
  ...threadRequests,
  ...readerRequests,
  ...presenceRequests,
  ...moderationRequests,
  ...messageChangeRequests,
  ...attachmentRequests,
  ...draftRequests,
  ...searchRequests,
  ...streamRequests,
  ...callRequests,
  ...ticketRequests,
  ...estimateRequests,
  ...cannedAnswerRequests,
  ...shareLinkRequests,
  ...topicRequests,
  ...lineManagerRequests,
  ...userRequests,
}

/** Every request of the contract, by event name. Bundlers drop it, and what is not for clients, where nobody imports it. */
export const requests: Requests = /* @__PURE__ */ Object.assign(
  {},
  clientRequests,
  keyRequests,
  auditRequests,
  personalDataRequests,
  webhookRequests,
)

export interface Pushes
  extends SessionPushes,
    RoomPushes,
    StreamPushes,
    ThreadPushes,
    ReaderPushes,
    PresencePushes,
    ModerationPushes,
    DraftPushes,
    CallPushes,
    TicketPushes,
    EstimatePushes,
    CannedAnswerPushes,
    TopicPushes,
    LineManagerPushes,
    UserPushes {}

/** Every push of the current dialect (what the server sends without a request), by event name. */
export const pushes: Pushes = {
  ...sessionPushes,
  ...roomPushes,
  ...streamPushes,
  ...threadPushes,
  ...readerPushes,
  ...presencePushes,
  ...moderationPushes,
  ...draftPushes,
  ...callPushes,
  ...ticketPushes,
  ...estimatePushes,
  ...cannedAnswerPushes,
  ...topicPushes,
  ...lineManagerPushes,
  ...userPushes,
}

export type RequestName = keyof Requests
export type ClientRequestName = keyof ClientRequests
export type PushName = keyof Pushes

/** The payload that a request takes. */
export type PayloadOf<K extends RequestName> = z.input<Requests[K]['payload']>
/** The data that a request answers with. */
export type DataOf<K extends RequestName> = z.output<Requests[K]['data']>
/** The data that a push carries. */
export type PushOf<K extends PushName> = z.output<Pushes[K]>
/** The codes that a request can fail with: the common ones, and those that its entry lists. */
export type CodeOf<K extends RequestName> =
  | CommonCode
  | (Requests[K] extends { readonly errors: readonly (infer E extends ErrorCode)[] } ? E : never)

export type AnswerOf<K extends RequestName> = Success<DataOf<K>> | Failure

/** socket.io's event maps for the current dialect. On a client: `Socket<ServerToClientEvents, ClientToServerEvents>`. */
export type ClientToServerEvents = {
  [K in keyof Requests]: (payload: PayloadOf<K>, answer?: (answer: AnswerOf<K>) => void) => void
}
export type ServerToClientEvents = {
  [K in keyof Pushes]: (data: PushOf<K>) => void
}
