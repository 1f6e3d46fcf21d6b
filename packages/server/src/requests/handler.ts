import type { RequestDef, RequestName, Session } from '@dowellchat/protocol'
import type * as z from 'zod/mini'
import type { Files } from '../attachments/files.ts'
import type { CallCare } from '../calls/call-care.ts'
import type { GivenIceServers } from '../calls/ice-servers.ts'
import type { Announcements } from '../delivery/announcements.ts'
import type { Connection } from '../delivery/connection.ts'
import type { Encoded } from '../delivery/encoded.ts'
import type { Notify } from '../delivery/facts.ts'
import type { LateChanges } from '../delivery/late-changes.ts'
import type { LineMoves } from '../delivery/line-moves.ts'
import type { Lines } from '../delivery/lines.ts'
import type { ListedRooms } from '../delivery/listed-rooms.ts'
import type { MemberRooms } from '../delivery/member-rooms.ts'
import type { OpeningHours } from '../delivery/opening-hours.ts'
import type { Receipts } from '../delivery/receipts.ts'
import type { RoomActivity } from '../delivery/room-activity.ts'
import type { SearchIndexing } from '../delivery/search-indexing.ts'
import type { ServingTimes } from '../delivery/serving-times.ts'
import type { SharedChanges } from '../delivery/shared-changes.ts'
import type { Streams } from '../delivery/streams.ts'
import type { Threads } from '../delivery/threads.ts'
import type { WaitingTimes } from '../delivery/waiting-times.ts'
import type { Audit } from '../identity/audit.ts'
import type { Credential } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { IsOffered } from '../identity/offers.ts'
import type { Right } from '../identity/permissions.ts'
import type { Limits } from '../limits.ts'
import type { Attendance } from '../lines/attendance.ts'
import type { Trace } from '../logger.ts'
import type { SerialQueues } from '../queues/serial-queues.ts'
import type { Drafts } from '../sockets/drafts.ts'
import type { Presence } from '../sockets/presence.ts'
import type { Typing } from '../sockets/typing.ts'
import type { Call, Store, Workspace } from '../stores/store.ts'
import type { MissedCalls } from '../webhooks/unread-events.ts'
import type { AskBefore } from './before-message.ts'
import type { Doubts } from './doubts.ts'
import type { Renewals } from './renewals.ts'
import type { ExpectMetadata } from './schemas.ts'

/** What a handler works with. */
export interface Context {
  readonly session: Session
  /** What has proved it. */
  readonly credential: Credential
  /** What the session may use this request on. */
  readonly right: Right
  /** This request in the name of somebody else of the same workspace, who is its owner. */
  as(session: Session): Context
  /** Throws if the server's `authorize` refuses a request that this one contains. */
  expectAuthorized(name: RequestName, payload: unknown): void
  readonly connection: Connection
  readonly store: Store
  readonly streams: Streams
  readonly keys: Pick<Keys, 'hash'>
  readonly audit: Pick<Audit, 'record' | 'assigned' | 'settled'>
  /** Where the request came from. */
  readonly address: string
  /** Gives tickets that wait to line managers, and back to the line. */
  readonly lines: Pick<Lines, 'assign' | 'handBack' | 'waitsFirst'>
  /** Writes whether line managers are there. */
  readonly attendance: Pick<Attendance, 'look'>
  readonly openingHours: Pick<OpeningHours, 'closed' | 'forget'>
  readonly waitingTimes: Pick<WaitingTimes, 'moved' | 'told' | 'follows'>
  /** How lines are, and how they move. */
  readonly lineMoves: Pick<LineMoves, 'state' | 'tell'>
  /** Learns how long line managers take. */
  readonly servingTimes: Pick<ServingTimes, 'closed'>
  readonly threads: Pick<Threads, 'find' | 'joined' | 'grew'>
  /** Who hears the rooms with members. */
  readonly memberRooms: Pick<MemberRooms, 'changed' | 'close'>
  /** Writes behind a message what it does to lists and marks. */
  readonly roomActivity: Pick<RoomActivity, 'sent' | 'entered' | 'left' | 'write'>
  /** Tells of new messages in the rooms of lists. */
  readonly listedRooms: Pick<ListedRooms, 'shown'>
  /** Tells who has read how far. */
  readonly receipts: Pick<Receipts, 'note'>
  readonly isOffered: IsOffered
  /** The files of messages; undefined where the server keeps none. */
  readonly files: Files | undefined
  /** Says how far the messages are indexed. */
  readonly search: Pick<SearchIndexing, 'indexedUntil'>
  readonly workspace: Workspace | undefined
  /** Those of the session's workspace. */
  readonly limits: Limits
  /** One queue per user: what somebody asks of calls is done in the order of their requests, and nobody waits for another. */
  readonly calls: SerialQueues
  /** Looks after the calls that this server owns. */
  readonly callCare: Pick<CallCare, 'owner' | 'made' | 'ringLate' | 'left' | 'ended' | 'rejected' | 'signals'>
  readonly renewals: Renewals
  /** Who is there. */
  readonly presence: Pick<Presence, 'users' | 'rooms' | 'settingsChanged' | 'sightChanged'>
  readonly typing: Pick<Typing, 'say'>
  /** What is being written bit by bit. */
  readonly drafts: Pick<Drafts, 'write' | 'end' | 'in' | 'stop'>
  /** Steps whose first try may have been stored without being announced. */
  readonly doubts: Pick<Doubts, 'settle'>
  readonly notify: Notify
  /** For repeated requests: sends a row again wherever it may be missing, as it is now. */
  readonly resend: Announcements['resend']
  /** Announces what every server on the store must act on. */
  readonly changes: Pick<LateChanges, 'announce' | 'afterWrite'> & Pick<SharedChanges, 'poll'>
  /** Resolves when this server has stored what it has in hand of messages, users and the audit trail. */
  readonly settled: () => Promise<void>
  /** Distinguishes a repetition of this request from another one under the same cid. */
  readonly fingerprint: string
  /** Writes steps of this request to the log; undefined unless the log shows them. */
  readonly trace: Trace | undefined
  /** Checks the team's own data with the team's own schemas. */
  readonly expectMetadata: ExpectMetadata
  /** Asks the team's own rules about a message; undefined where there are none. */
  readonly askBefore: AskBefore | undefined
  /** Tells of somebody who was called and has not answered; undefined where nobody is told. */
  readonly missedCall: MissedCalls | undefined
  /** Tells in a ticket's conversation of a call that has ended. */
  readonly callEnded: (workspaceId: string, call: Call) => void
  /** The STUN and TURN servers that a user gets for calls. */
  readonly iceServers: (userId: string) => GivenIceServers
  /** Charges what is known only now, beyond what the request cost before it ran. */
  owe(points: number): void
}

/** One method per request: payload in (parsed), data out (parsed as it leaves), a `RequestError` to fail. */
export type Handlers<R> = {
  [K in keyof R]: R[K] extends RequestDef
    ? (
        payload: z.output<R[K]['payload']>,
        context: Context,
      ) => Promise<z.input<R[K]['data']> | Encoded<z.output<R[K]['data']>>>
    : never
}
