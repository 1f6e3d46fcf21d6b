import { StartError } from './errors.ts'

/**
 * What one client, user, address or workspace may take of the server. A name says its unit; points are what requests cost
 * (`requests/costs.ts`), of which a message takes one.
 */
export const defaultLimits = {
  /** Requests of one socket that are being handled. */
  requestsInFlight: 32,
  /** Requests of one socket that wait behind those being handled (`requestsInFlight`). */
  requestsWaiting: 256,
  /** Bytes of the requests of one socket that wait. */
  requestsWaitingBytes: 262_144,
  /** Requests of all sockets of one server that are being handled, also of those that are gone. */
  serverRequestsInFlight: 10_000,
  /** Points that a socket has at once. */
  socketPoints: 400,
  /** Points that a socket gets back each second. */
  socketPointsPerSecond: 50,
  /** Points that a user has at once, on all sockets. */
  userPoints: 1_000,
  /** Points that a user gets back each second. */
  userPointsPerSecond: 100,
  /** Points that an address has at once. Offices and schools share one. */
  addressPoints: 10_000,
  /** Points that an address gets back each second. */
  addressPointsPerSecond: 1_000,
  /** Points that a workspace has at once. Its guests and V2's pages have three quarters of them together, so that others are answered while they flood. */
  workspacePoints: 50_000,
  /** Points that a workspace gets back each second, guests and V2's pages three quarters of them. */
  workspacePointsPerSecond: 5_000,

  /** Requests of one socket in 10 seconds that are not valid or not known; the last one closes it. */
  invalidRequests: 20,
  /** As `invalidRequests`, of V2's sockets. Unknown events do not count there, wrong keys do. */
  invalidRequestsV2: 200,
  /** Requests of one socket in 10 seconds for what does not exist; the last one closes it. */
  missingRequests: 300,
  /** Requests of one socket in 10 seconds that are refused with `rate_limited`; the last one closes it. */
  refusedRequests: 500,

  /** Connections of one user whose identity is proved, to one server. */
  userConnections: 100,
  /** Connections of one address to one server, also those that are still connecting. */
  addressConnections: 1_000,
  /** Milliseconds that a connection has to say who it is. */
  connectMs: 8_000,
  /** Handshakes that wait in line at one server; further ones are told to come back later. */
  handshakes: 500,
  /** Handshakes that one server lets in each second. */
  handshakesPerSecond: 200,
  /** Handshakes of one address at once. V2 pages need a dozen each time they load. */
  addressHandshakes: 250,
  /** Handshakes that one address gets back each second. */
  addressHandshakesPerSecond: 50,

  /** Rooms and tickets that one socket is joined to. */
  socketStreams: 200,
  /** Open tickets of one customer. */
  userOpenTickets: 50,
  /** Open tickets of all guests of one workspace, together, since one person can come as many guests. */
  guestsOpenTickets: 2_000,
  /** Reports of one person that nobody has resolved yet. */
  userOpenReports: 20,
  /** Reports of all guests of one workspace that nobody has resolved yet. */
  guestsOpenReports: 200,
  /** Rooms of kind `members` and `direct` that one customer has made, closed ones too, since their history stays. */
  userRooms: 1_000,
  /** Rooms of kind `members` and `direct` of one workspace. */
  workspaceRooms: 100_000,
  /** Drafts (messages that programs write bit by bit with `draft_message`) of one stream, on one server. */
  streamDrafts: 20,
  /** Drafts of one author, on one server. */
  userDrafts: 50,
  /** Characters of all drafts together, on one server. */
  draftCharacters: 8_388_608,
  /** Milliseconds after which a draft ends if its program writes nothing more. */
  draftMs: 30_000,
  /** Bytes of one file. */
  uploadBytes: 26_214_400,
  /** MiB of files that one user begins to upload in a day (UTC). */
  userUploadMiB: 500,
  /** MiB of files that all guests of one workspace begin to upload in a day, together, since one person can come as many guests. */
  guestsUploadMiB: 2_560,
  /** MiB of files that the users of one workspace begin to upload in a day. */
  workspaceUploadMiB: 10_240,
  /** Milliseconds that the address for an upload is valid, and that an upload may take. */
  uploadMs: 3_600_000,
  /** Uploads to one server that run at a time, where it keeps the files itself. */
  uploadsAtOnce: 100,
  /** Uploads from one address at a time, where the server keeps the files itself. */
  addressUploadsAtOnce: 10,
  /** Calls of one caller that nobody has answered yet. */
  callerPendingCalls: 3,
  /** Milliseconds that a call rings until it ends as missed. */
  ringMs: 45_000,
  /** Milliseconds that a call waits for a device whose connection is lost. */
  callGraceMs: 15_000,
  /** Milliseconds that a line manager may be away until tickets that they have not answered go back to the line. */
  handBackMs: 60_000,
  /** Milliseconds that a line manager may be away until also tickets that they have answered go back to the line. */
  handBackAnsweredMs: 600_000,
  /** Topics of one workspace. */
  workspaceTopics: 1_000,
  /** Line managers of one workspace. */
  workspaceLineManagers: 1_000,

  /** Bytes that may wait to be written to one socket; beyond these it is closed. */
  outboundBytes: 1_048_576,
  /** Bytes of pushes that may wait to be written to one socket; beyond these a socket of the current dialect gets heads instead, and pages by itself. */
  outboundPushBytes: 262_144,
  /** Bytes of pages and lists that may wait to be written when one socket begins to read another one. */
  outboundAnswerBytes: 262_144,
  /** Pages and lists that are read for one socket at a time; two while earlier ones are unwritten. A whole conversation is read alone. */
  socketReads: 5,
  /** How often a socket gets the heads of its streams, in milliseconds. */
  headsMs: 10_000,
  /** How often changes of who is there are told to those who follow them, and to the other servers, in milliseconds. */
  presenceMs: 1_000,

  /** Milliseconds for a request's headers to arrive over HTTP. */
  httpHeadersMs: 8_000,
  /** Milliseconds for a whole request over HTTP. */
  httpRequestMs: 15_000,
  /** Milliseconds that an unused HTTP connection is kept. Longer than a proxy keeps its own, which is 60 s with most. */
  httpKeepAliveMs: 75_000,
  /** Milliseconds that an upload may send nothing, or that nothing may be read of a file, a page or another answer over HTTP. */
  httpSilenceMs: 30_000,

  /** Milliseconds that a server which stops gives to the requests that are in hand. Its store may take 2.5 s more. */
  finishMs: 5_000,
  /** Milliseconds over which a server that stops closes its connections, at most; 10 for each of them. As long again while others are behind. */
  drainMs: 10_000,

  /** Milliseconds that `beforeMessage` has for a message; past them its sender gets `unavailable`. */
  beforeMessageMs: 1_000,
  /** Calls of `beforeMessage` that have not ended, late ones too; with so many, messages are `unavailable` at once. */
  beforeMessageCalls: 1_000,

  /** Milliseconds that a webhook has to answer, and a call of `onUnread` to end. */
  webhookMs: 10_000,
  /** Milliseconds that a message may be unseen by somebody who is away until that is told. */
  unreadMs: 120_000,

  /** Milliseconds until a request whose store does not answer is `unavailable`. */
  storeMs: 2_000,
  /** Milliseconds that the event loop may be late; beyond these the server is not ready for new clients. */
  loopMs: 1_000,
}

export type Limits = { readonly [K in keyof typeof defaultLimits]: number }
export type LimitOptions = Partial<Limits>

/** A timer that is set to more runs at once. */
const mostMs = 2_147_483_647

/** Those that a workspace may have for itself. */
export const limitsOfWorkspaces = [
  'userPoints',
  'userPointsPerSecond',
  'workspacePoints',
  'workspacePointsPerSecond',
  'userConnections',
  'userOpenTickets',
  'guestsOpenTickets',
  'userOpenReports',
  'guestsOpenReports',
  'userRooms',
  'workspaceRooms',
  'uploadBytes',
  'userUploadMiB',
  'guestsUploadMiB',
  'workspaceUploadMiB',
  'callerPendingCalls',
  'workspaceTopics',
  'workspaceLineManagers',
] as const satisfies readonly (keyof Limits)[]

export type WorkspaceLimits = Pick<Limits, (typeof limitsOfWorkspaces)[number]>

/** The limits of a server, and of its workspaces. */
export class AllLimits {
  readonly server: Limits
  readonly #byWorkspace: ReadonlyMap<string, Limits>

  /** @throws StartError that names the limit, and what is wrong with it */
  constructor(
    options: LimitOptions = {},
    workspaces: readonly { readonly id: string; readonly limits?: Partial<WorkspaceLimits> }[] = [],
  ) {
    expectLimits(options, Object.keys(defaultLimits), 'limits')
    this.server = { ...defaultLimits, ...options }
    this.#byWorkspace = new Map(
      workspaces.flatMap(({ id, limits }) => {
        if (!limits) return []
        expectLimits(limits, limitsOfWorkspaces, `workspaces: ${id}: limits`)
        return [[id, { ...this.server, ...limits }]]
      }),
    )
  }

  /** The limits in a workspace. */
  of(workspaceId: string): Limits {
    return this.#byWorkspace.get(workspaceId) ?? this.server
  }
}

function expectLimits(limits: object, names: readonly string[], place: string): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!names.includes(name)) throw new StartError(`${place}: ${name} is not among ${names.join(', ')}`)
    if (!Number.isSafeInteger(value) || value < 1)
      throw new StartError(`${place}: ${name}: expected a whole number from 1 on, got ${value}`)
    if (name.endsWith('Ms') && value > mostMs)
      throw new StartError(`${place}: ${name}: expected at most ${mostMs} milliseconds, got ${value}`)
  }
}
