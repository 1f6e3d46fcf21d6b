import type { RequestName } from '@dowellchat/protocol'
import type { Files } from '../attachments/files.ts'
import type { CallCare } from '../calls/call-care.ts'
import type { Announcements, OnSent } from '../delivery/announcements.ts'
import { addressText } from '../delivery/audience.ts'
import type { ChangedRows } from '../delivery/changed-rows.ts'
import type { LineMoves } from '../delivery/line-moves.ts'
import type { Lines } from '../delivery/lines.ts'
import type { ListedRooms } from '../delivery/listed-rooms.ts'
import type { MemberRooms } from '../delivery/member-rooms.ts'
import type { OpeningHours } from '../delivery/opening-hours.ts'
import type { Receipts } from '../delivery/receipts.ts'
import type { RoomActivity } from '../delivery/room-activity.ts'
import type { SearchIndexing } from '../delivery/search-indexing.ts'
import type { ServingTimes } from '../delivery/serving-times.ts'
import type { Streams } from '../delivery/streams.ts'
import type { Threads } from '../delivery/threads.ts'
import type { WaitingTimes } from '../delivery/waiting-times.ts'
import type { Audit } from '../identity/audit.ts'
import type { Identity } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { IsOffered } from '../identity/offers.ts'
import { type Authorize, expectAuthorized, type Right } from '../identity/permissions.ts'
import type { Workspaces } from '../identity/workspaces.ts'
import type { AllLimits } from '../limits.ts'
import type { Attendance } from '../lines/attendance.ts'
import type { Trace } from '../logger.ts'
import type { SerialQueues } from '../queues/serial-queues.ts'
import type { Dialect } from '../sockets/dialects/dialect.ts'
import type { Drafts } from '../sockets/drafts.ts'
import type { Presence } from '../sockets/presence.ts'
import type { ChatSocket } from '../sockets/socket.ts'
import type { SocketBudget } from '../sockets/socket-budget.ts'
import { SocketConnection } from '../sockets/socket-connection.ts'
import type { Sockets } from '../sockets/sockets.ts'
import type { Typing } from '../sockets/typing.ts'
import type { Whereabouts } from '../sockets/whereabouts.ts'
import type { Store } from '../stores/store.ts'
import type { MissedCalls } from '../webhooks/unread-events.ts'
import type { AskBefore } from './before-message.ts'
import { Doubts, RequestDoubts } from './doubts.ts'
import { fingerprint } from './fingerprint.ts'
import type { Context } from './handler.ts'
import type { Renewals } from './renewals.ts'
import { idsOf } from './request-trace.ts'
import type { ExpectMetadata } from './schemas.ts'

/** Creates a handler's context, and what the handler announces, which is shared and sent afterwards. */
export type OpenContext = (
  socket: ChatSocket,
  dialect: Dialect,
  identity: Identity & { readonly name?: RequestName },
  right: Right,
  payload: unknown,
  budget?: Pick<SocketBudget, 'owe'>,
) => [Context, Pick<Announcements, 'share' | 'send' | 'fail'>]

/** What all contexts of a server share. */
interface Shared {
  readonly sockets: Sockets
  readonly whereabouts: Whereabouts
  readonly callCare: CallCare
  readonly store: Store
  readonly streams: Streams
  readonly keys: Keys
  readonly audit: Audit
  readonly changes: Context['changes']
  readonly rows: ChangedRows
  readonly renewals: Renewals
  readonly presence: Presence
  readonly typing: Typing
  readonly drafts: Drafts
  readonly lines: Lines
  readonly attendance: Attendance
  readonly openingHours: OpeningHours
  readonly waitingTimes: WaitingTimes
  readonly lineMoves: LineMoves
  readonly servingTimes: ServingTimes
  readonly memberRooms: MemberRooms
  readonly threads: Threads
  readonly roomActivity: RoomActivity
  readonly listedRooms: ListedRooms
  readonly receipts: Receipts
  readonly files: Files | undefined
  readonly isOffered: IsOffered
  readonly search: SearchIndexing
  readonly workspaces: Workspaces
  readonly authorize: Authorize | undefined
  readonly expectMetadata: ExpectMetadata
  readonly askBefore: AskBefore | undefined
  readonly missedCall: MissedCalls | undefined
  readonly callEnded: Context['callEnded']
  readonly iceServers: Context['iceServers']
  readonly limits: AllLimits
  readonly calls: SerialQueues
  readonly settled: () => Promise<void>
  readonly trace: Trace | undefined
}

/** What a context has of its own. */
interface Own extends Pick<Context, 'session' | 'credential' | 'right' | 'connection' | 'address'> {
  readonly payload: unknown
  readonly budget: Pick<SocketBudget, 'owe'> | undefined
  readonly announcements: Pick<Announcements, 'notify' | 'resend'>
}

/**
 * A class for the contexts of a server, which have what they share on their prototype: to make an object with its 50
 * properties for each request takes 4 µs, which is 3 % of what a message costs; this takes 0.1 µs.
 */
function contextClass(shared: Shared): new (own: Own) => Context {
  const { authorize, limits, workspaces, sockets: _, whereabouts: _w, rows: _r, ...others } = shared
  class RequestContext {
    readonly session: Context['session']
    readonly credential: Context['credential']
    readonly right: Context['right']
    readonly connection: Context['connection']
    readonly address: Context['address']
    readonly notify: Context['notify']
    readonly resend: Context['resend']
    readonly #own: Own

    constructor(own: Own) {
      this.session = own.session
      this.credential = own.credential
      this.right = own.right
      this.connection = own.connection
      this.address = own.address
      this.notify = own.announcements.notify
      this.resend = own.announcements.resend
      this.#own = own
    }

    as(session: Context['session']): Context {
      return new AnyContext({ ...this.#own, session })
    }

    expectAuthorized(name: RequestName, payload: unknown): void {
      expectAuthorized(name, payload, this.session, authorize)
    }

    get workspace(): Context['workspace'] {
      return workspaces.get(this.session.workspace_id)
    }

    get limits(): Context['limits'] {
      return limits.of(this.session.workspace_id)
    }

    // A getter, because only requests that create something need the hash.
    get fingerprint(): string {
      return fingerprint(this.#own.payload)
    }

    owe(points: number): void {
      this.#own.budget?.owe(points, this.#own.session.workspace_id)
    }
  }
  const parts: Omit<Context, keyof RequestContext> = { ...others, doubts: new Doubts() }
  Object.assign(RequestContext.prototype, parts)
  const AnyContext = RequestContext as new (own: Own) => RequestContext & typeof parts
  return AnyContext
}

export function createOpenContext(shared: Shared): OpenContext {
  const { sockets, whereabouts, rows, trace } = shared
  const doubts = rows.areShared ? undefined : new RequestDoubts()
  const RequestContext = contextClass(shared)
  return (socket, dialect, { name, session, credential }, right, payload, budget) => {
    const { workspace_id } = session
    const onSent: OnSent | undefined =
      trace &&
      ((to, fact, data) => {
        if (to.addresses.length === 0) return
        const ids = { ...idsOf(payload), ...idsOf(data) }
        const reach = { to: to.addresses.map(addressText), sockets: sockets.countReached(to, fact) }
        trace({ fact, ...ids, ...reach, workspace: workspace_id }, 'push')
      })
    const doubt = doubts?.of(name, session, payload)
    const announcements = rows.announcements(workspace_id, onSent, doubt)
    const connection = new SocketConnection(sockets, whereabouts, dialect, socket, workspace_id)
    const { address } = socket.data
    const own = { session, credential, right, connection, address, payload, budget, announcements }
    return [new RequestContext(own), announcements]
  }
}
