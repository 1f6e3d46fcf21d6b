import { randomBytes } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { limits } from '@dowellchat/protocol'
import { Server } from 'socket.io'
import { type Hints, noHints } from './delivery/hints.ts'
import { MemberRooms } from './delivery/member-rooms.ts'
import { startRetention } from './delivery/retention.ts'
import { type ChangeOf, SharedChanges } from './delivery/shared-changes.ts'
import { Streams } from './delivery/streams.ts'
import { errorBody, RequestError, StartError, toRequestError } from './errors.ts'
import { guardRequests } from './http/guard.ts'
import { closeHttp, createHttp, listen, urlOf } from './http/http.ts'
import { type Origins, originsOf } from './http/origins.ts'
import { servePages } from './http/pages.ts'
import { type AddressOf, addressThrough, type TrustedProxies } from './identity/address.ts'
import { Audit } from './identity/audit.ts'
import { readHandshake } from './identity/authenticate.ts'
import { Guests } from './identity/guests.ts'
import type { Identity } from './identity/identity.ts'
import { Keys } from './identity/keys.ts'
import { LastSeen } from './identity/last-seen.ts'
import type { Authorize } from './identity/permissions.ts'
import { type AuthenticateUser, createProve, type Prove } from './identity/proof.ts'
import { Refusals } from './identity/refusals.ts'
import { isIssuedBefore, Revocations, sessionsRevoked } from './identity/revocations.ts'
import type { TokenOptions, TokenOwner } from './identity/tokens.ts'
import { type WorkspaceOptions, Workspaces } from './identity/workspaces.ts'
import { consoleLogger, type Logger, type Trace, traceOf } from './logger.ts'
import { SerialQueues } from './queues/serial-queues.ts'
import { auditRequests } from './requests/audited.ts'
import { createOpenContext } from './requests/contexts.ts'
import { type DispatchOptions, dispatch } from './requests/dispatch.ts'
import { loseCalls } from './requests/handlers/calls.ts'
import { traceAssigned } from './requests/handlers/line.ts'
import { Renewals } from './requests/renewals.ts'
import { createDialects, type Dialects } from './sockets/dialects/index.ts'
import { dismiss } from './sockets/dismiss.ts'
import { FrameDecoder, FrameEncoder } from './sockets/frames.ts'
import { endKey, keyRooms } from './sockets/key-rooms.ts'
import { type ChatIo, type ChatSocket, closeOnceRefused, closeWith } from './sockets/socket.ts'
import { callRoom, Sockets } from './sockets/sockets.ts'
import type { Store } from './stores/store.ts'

export interface ChatServerOptions {
  /** Where everything is kept; the server closes it. */
  readonly store: Store
  /** An HTTP server to attach to; the caller starts and closes it. Without one the chat server opens its own. */
  readonly http?: HttpServer
  /** The port of its own HTTP server; 0 takes a free one. Default 4000. */
  readonly port?: number
  /** The address that its own HTTP server listens on; default: every network interface. */
  readonly host?: string
  /** A folder of static files with an index.html, which its own HTTP server serves too. Not allowed with `http`. */
  readonly pages?: string
  /** The workspaces that may be entered. They replace those in the store; without this option the store's are kept. */
  readonly workspaces?: readonly WorkspaceOptions[]
  /** The secret used to hash API keys. Needed if `workspaces` is left out or several servers share a store. Default: random. */
  readonly keyPepper?: string
  /** Admits V2 sockets that have no identity into this workspace. */
  readonly v2?: { readonly workspace: string }
  /** The tokens that let users in, of whichever workspace they name. A workspace may have tokens of its own instead. */
  readonly tokens?: TokenOptions
  /** Decides who a handshake with a `token` is from, for teams with tokens of their own; takes the place of `tokens`. */
  readonly authenticate?: AuthenticateUser
  /** Narrows what a session may do beyond its role; called before every request. It cannot allow more. */
  readonly authorize?: Authorize
  /** The only origins whose pages may connect, as browsers write them: `https://chat.example`. Default: all. */
  readonly origins?: readonly string[]
  /** The proxies in front of the server: addresses and networks, or how many. Only what these say of a client's address counts. */
  readonly trustedProxies?: TrustedProxies
  readonly logger?: Logger
  readonly hints?: Hints
}

export interface ChatServer {
  /** Its address; '' until the caller's `http` listens. */
  readonly url: string
  /** Ends every connection, finishes what is under way and closes the store. */
  close(): Promise<void>
}

/**
 * Starts a chat server: loads the workspaces, then attaches to `http` or listens.
 * @throws StartError that says what is wrong and what to do
 */
export async function createChatServer(options: ChatServerOptions): Promise<ChatServer> {
  const { store, logger = consoleLogger, keyPepper = randomBytes(32).toString('hex') } = options
  refuseMissingPepper(options)
  const origins = originsOf(options.origins, 'origins')
  const addressOf = addressThrough(options.trustedProxies)
  const refusals = new Refusals({ logger })
  const http = httpOf(options)
  const trace = traceOf(logger)
  const workspaces = await Workspaces.load(store.workspaces, workspacesOf(options), keyPepper)
  const keys = new Keys(store.keys, workspaces, keyPepper)
  const audit = new Audit(store.audit, keyPepper, logger)
  await store.calls.endAll()
  // The last run may have ended before it assigned these.
  for (const id of workspaces.ids) {
    for (const ticket of await store.tickets.assignWaiting(id)) {
      traceAssigned(trace, id, ticket)
      audit.assigned(id, ticket)
    }
  }
  const io = createIo(http, origins, workspaces)
  const hints = options.hints ?? noHints
  const changes = new SharedChanges(store.changes, logger)
  const guests = new Guests(keyPepper, store.aliases, (alias) =>
    changes.announce({ kind: 'guest_became_user', ...alias }),
  )
  const proveToken = await createProve({
    owners: tokenOwners(options),
    authenticate: options.authenticate,
    workspaces: workspaces.ids,
    logger,
  })
  const chat = new Chat({
    io,
    store,
    workspaces,
    guests,
    proveToken,
    keys,
    audit,
    hints,
    changes,
    logger,
    trace,
    refusals,
    addressOf,
    defaultWorkspace: options.v2?.workspace,
    authorize: options.authorize,
  })
  changes.on('key_ended', (change) => keys.note(change))
  keys.start((keyId) => endKey(io, keyId, closeEnded))
  await changes.start()
  chat.admit()
  if (!options.http) await listen(http, options.port ?? 4000, options.host)
  const stopRetention = startRetention({ streams: chat.streams, audit: store.audit, workspaces, logger })

  return {
    get url() {
      return urlOf(http)
    },
    async close() {
      chat.refuse()
      await stopRetention()
      await changes.stop()
      io.disconnectSockets(true)
      io.engine.close()
      await (options.http ? undefined : closeHttp(http))
      await chat.idle()
      await keys.stop()
      await audit.stop()
      refusals.close()
      await store.close()
    },
  }
}

/** Several servers on one store must know each other's guests and keys. */
function refuseMissingPepper({ store, keyPepper, workspaces = [] }: ChatServerOptions): void {
  if (keyPepper !== undefined || !store.isShared || !workspaces.some(({ guests }) => guests)) return
  throw new StartError(
    'keyPepper: set it, the same at every server of this database: a workspace admits guests, whose tokens are made with it',
  )
}

function tokenOwners({ tokens, workspaces = [] }: ChatServerOptions): TokenOwner[] {
  const owners = workspaces.flatMap(({ id, tokens }) => (tokens ? [{ workspace_id: id, tokens }] : []))
  return tokens ? [{ workspace_id: null, tokens }, ...owners] : owners
}

/** The workspace that admits V2 sockets takes V2's pages too. */
function workspacesOf({ workspaces, v2 }: ChatServerOptions): WorkspaceOptions[] | undefined {
  return workspaces?.map((one) => (one.id === v2?.workspace ? { ...one, v2: true } : one))
}

function httpOf({ http, pages }: ChatServerOptions): HttpServer {
  if (http && pages !== undefined)
    throw new StartError('Serve the pages from your own http server, or leave `http` out')
  return http ?? createHttp(pages === undefined ? undefined : servePages(pages))
}

function createIo(http: HttpServer, origins: Origins, workspaces: Workspaces): ChatIo {
  const io: ChatIo = new Server(http, {
    parser: { Encoder: FrameEncoder, Decoder: FrameDecoder },
    maxHttpBufferSize: limits.frame_bytes,
    // Every origin may come if none is configured: credentials travel in `auth`, never in cookies.
    cors: { origin: origins ? [...origins] : '*', preflightContinue: true },
    serveClient: false,
  })
  io.engine.use(guardRequests({ origins, isRestricted: origins !== undefined || workspaces.hasOrigins }))
  return io
}

function closeEnded(socket: ChatSocket): void {
  closeWith(socket, new RequestError('unauthenticated', 'The key has expired or is revoked', 'key_ended'))
}

interface ChatParts {
  readonly io: ChatIo
  readonly store: Store
  readonly workspaces: Workspaces
  readonly guests: Guests
  readonly proveToken: Prove
  readonly keys: Keys
  readonly audit: Audit
  readonly refusals: Refusals
  readonly addressOf: AddressOf
  readonly hints: Hints
  readonly changes: SharedChanges
  readonly logger: Logger
  readonly trace: Trace | undefined
  readonly defaultWorkspace: string | undefined
  readonly authorize: Authorize | undefined
}

/** Connects sockets, dialects, streams and handlers. */
class Chat {
  readonly #io: ChatIo
  readonly #workspaces: Workspaces
  readonly #refusals: Refusals
  readonly #addressOf: AddressOf
  readonly #logger: Logger
  readonly #trace: Trace | undefined
  readonly #dialects: Dialects
  readonly #sockets: Sockets
  readonly #revocations: Revocations
  readonly #dispatching: DispatchOptions
  readonly streams: Streams
  readonly #keys: Keys
  readonly #memberRooms: MemberRooms
  readonly #audit: Audit
  readonly #defaultWorkspace: string | undefined
  readonly #calls = new SerialQueues()
  readonly #guests: Guests
  readonly #lastSeen: LastSeen
  /** How many events are being handled. */
  #underWay = 0
  readonly #waiting: (() => void)[] = []
  #isClosing = false

  constructor(parts: ChatParts) {
    const {
      io,
      store,
      workspaces,
      guests,
      keys,
      audit,
      proveToken,
      refusals,
      hints,
      changes,
      logger,
      trace,
    } = parts
    const calls = this.#calls
    // In the calls' queue, so that it finds a call that the same socket requested just before.
    const openCalls: Store['calls']['listOpen'] = (workspaceId, device) =>
      calls.run(workspaceId, () => store.calls.listOpen(workspaceId, device))
    this.#io = io
    this.#workspaces = workspaces
    this.#keys = keys
    this.#audit = audit
    this.#defaultWorkspace = parts.defaultWorkspace
    this.#refusals = refusals
    this.#addressOf = parts.addressOf
    this.#logger = logger
    this.#trace = trace
    const { defaultWorkspace } = parts
    const ways = { workspaces, guests, keys, audit, proveToken, refusals, defaultWorkspace }
    this.#dialects = createDialects({ io, ...ways, openCalls })
    const sockets = new Sockets(io, this.#dialects.all)
    this.#sockets = sockets
    this.#guests = guests
    this.#lastSeen = new LastSeen(store.users, logger)
    changes.on('guest_became_user', (alias) => {
      guests.note(alias)
      for (const user_id of [alias.guest_id, alias.user_id])
        sockets.closeWhere({ kind: 'user', workspace_id: alias.workspace_id, user_id }, (session) =>
          guests.isOutdated(session),
        )
    })
    this.#revocations = new Revocations(store.revocations)
    const renewals = new Renewals({ proveToken, revocations: this.#revocations, tickets: store.tickets })
    changes.on('sessions_revoked', (change) => this.#endSessions(change))
    this.streams = new Streams(store.streams, sockets.broadcast, hints, trace)
    const { streams } = this
    this.#memberRooms = new MemberRooms({ rooms: store.rooms, streams, sockets, changes, logger })
    const memberRooms = this.#memberRooms
    const openContext = createOpenContext({
      sockets,
      store,
      streams,
      memberRooms,
      keys,
      audit,
      changes,
      renewals,
      workspaces,
      calls,
      trace,
    })
    const { authorize } = parts
    this.#dispatching = { openContext, logger, trace, audit: auditRequests(audit), authorize }
  }

  /** Begins to admit sockets. */
  admit(): void {
    this.#io.use((socket, next) => {
      this.#identify(socket).then(
        () => next(),
        (error: unknown) => {
          next(this.#refusal(error, socket))
          closeOnceRefused(socket)
        },
      )
    })
    const { onEvent, onDisconnecting, onError } = this.#listeners()
    this.#io.on('connection', (socket) => {
      const { session, protocol } = socket.data
      const { workspace_id: workspace, user_id: user, device_id: device } = session
      this.#trace?.({ socket: socket.id, user, device, protocol, workspace }, 'connect')
      this.#dialects.of(socket).joinRooms(socket)
      this.#sockets.deadlines.watch(socket)
      this.#watchKey(socket)
      socket.onAny(onEvent)
      // Not `disconnect`: by then the socket has left its rooms.
      socket.on('disconnecting', onDisconnecting)
      socket.on('error', onError)
      // A guest may have become a user while the handshake was under way.
      if (this.#guests.isOutdated(session)) socket.conn.close()
      // Revoked between its handshake and now.
      if (this.#revocations.isNoted(socket.data))
        dismiss(socket, this.#dialects.of(socket), sessionsRevoked())
    })
  }

  #endSessions({ workspace_id, user_id, revoked_before }: ChangeOf<'sessions_revoked'>): void {
    this.#revocations.note(workspace_id, { user_id, revoked_before })
    const isMeant = (identity: Identity): boolean => isIssuedBefore(identity, revoked_before)
    this.#sockets.dismissAt({ kind: 'user', workspace_id, user_id }, isMeant, sessionsRevoked())
  }

  /** A key may have ended since the handshake was looked at. */
  #watchKey(socket: ChatSocket): void {
    const { credential } = socket.data
    const rooms = keyRooms(credential)
    if (rooms.length > 0) void socket.join(rooms)
    if ('key_id' in credential && this.#keys.hasEnded(credential.key_id)) closeEnded(socket)
  }

  async #identify(socket: ChatSocket): Promise<void> {
    if (this.#isClosing) throw new RequestError('unavailable', 'The server is closing')
    const { auth, headers } = socket.handshake
    const address = this.#addressOfSocket(socket)
    // One that says nothing has no credentials to guess.
    if (Object.keys(auth).length > 0) this.#refusals.expectHandshake(address)
    const handshake = readHandshake(auth)
    const dialect = this.#dialects.find(handshake.protocol)
    const identity = await dialect.identify(handshake, socket.id)
    await this.#revocations.refuseRevoked(identity)
    const { session, credential, guest_token } = identity
    this.#workspaces.expectOrigin(session.workspace_id, headers.origin)
    socket.data = { protocol: dialect.protocol, address, session, credential }
    this.#lastSeen.note(identity)
    // Before `next()`, so that it arrives before the client's `connect`.
    dialect.greet(socket, guest_token)
  }

  #addressOfSocket({ handshake: { address, headers } }: ChatSocket): string {
    return this.#addressOf({ remoteAddress: address, forwardedFor: headers['x-forwarded-for'] })
  }

  #refusal(error: unknown, refusedSocket: ChatSocket): Error {
    const { id: socket } = refusedSocket
    const refused = toRequestError(error)
    this.#refusals.countHandshake(this.#addressOfSocket(refusedSocket), refused.code)
    this.#auditRefusal(refused, refusedSocket)
    if (refused !== error) this.#logger.error({ error }, 'A handshake failed')
    this.#trace?.({ socket, outcome: refused.code }, 'connect')
    return Object.assign(new Error(refused.message), { data: errorBody(refused) })
  }

  /** A handshake that names no workspace of ours belongs to nobody's audit trail; the log has it. */
  #auditRefusal({ code }: RequestError, socket: ChatSocket): void {
    const { workspace_id = this.#defaultWorkspace } = socket.handshake.auth
    if (code === 'unavailable' || code === 'internal' || !this.#workspaces.get(workspace_id)) return
    const nobody = { act: 'handshake', by: null, key_id: null }
    const address = this.#addressOfSocket(socket)
    this.#audit.refused(workspace_id, { ...nobody, address, result: code })
  }

  /** Stops admitting sockets; a caller's `http` still accepts connections. */
  refuse(): void {
    this.#isClosing = true
    this.#sockets.deadlines.stop()
  }

  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    await this.#memberRooms.stop()
    await this.streams.idle()
    await this.#calls.idle()
    await this.#lastSeen.write()
  }

  /** The listeners that all sockets share, with the socket as `this`: a closure per socket costs about 1 KiB. */
  #listeners() {
    const chat = this
    return {
      onEvent(this: ChatSocket, event: unknown, ...args: unknown[]): void {
        chat.#track(dispatch(this, chat.#dialects.of(this), event, args, chat.#dispatching))
      },
      onDisconnecting(this: ChatSocket, reason: string): void {
        chat.#trace?.({ socket: this.id, reason }, 'disconnect')
        chat.#sockets.deadlines.forget(this)
        if (this.rooms.has(callRoom)) chat.#track(chat.#loseCalls(this))
      },
      onError(this: ChatSocket): void {
        // The argument is not logged: a client can send an event called `error` with any payload.
        chat.#logger.info({ socket: this.id }, 'A connection broke the protocol')
      },
    }
  }

  async #loseCalls(socket: ChatSocket): Promise<void> {
    const { openContext } = this.#dispatching
    const [context, sendAnnounced] = openContext(socket, this.#dialects.of(socket), socket.data, 'all', {})
    try {
      await loseCalls(context)
      sendAnnounced()
    } catch (error) {
      this.#logger.error({ error }, 'The calls of a lost connection could not be ended')
    }
  }

  #track(work: Promise<void>): void {
    this.#underWay += 1
    void work.then(this.#onDone)
  }

  readonly #onDone = (): void => {
    this.#underWay -= 1
    if (this.#underWay === 0) for (const resume of this.#waiting.splice(0)) resume()
  }
}
