import { randomBytes } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import type { AttachmentStore } from './attachments/attachment-store.ts'
import { openAttachments } from './attachments/open-attachments.ts'
import { givingIceServers, type IceOptions } from './calls/ice-servers.ts'
import { Chat } from './chat.ts'
import { ClockWatch } from './delivery/clock-watch.ts'
import { startFirstMessages } from './delivery/first-messages.ts'
import type { AssignTicket } from './delivery/own-strategy.ts'
import { startRetention } from './delivery/retention.ts'
import { SharedChanges } from './delivery/shared-changes.ts'
import { StartError } from './errors.ts'
import { closeStore, finish } from './finish.ts'
import { type Health, serveHealth } from './http/health.ts'
import { closeHttp, createHttp, listen, urlOf } from './http/http.ts'
import { isAllowed, originsOf } from './http/origins.ts'
import { servePages } from './http/pages.ts'
import { Readiness, type Ready } from './http/readiness.ts'
import type { Route } from './http/route.ts'
import { socketPathOf } from './http/socket-path.ts'
import { attachWidget, serveWidget, widgetFolder } from './http/widget.ts'
import { addressThrough, type TrustedProxies } from './identity/address.ts'
import { Audit } from './identity/audit.ts'
import { openDemo } from './identity/demo.ts'
import { Guests } from './identity/guests.ts'
import { Keys } from './identity/keys.ts'
import { offersOf } from './identity/offers.ts'
import type { Authorize } from './identity/permissions.ts'
import { type AuthenticateUser, createProve } from './identity/proof.ts'
import { Refusals } from './identity/refusals.ts'
import { Revocations } from './identity/revocations.ts'
import type { TokenOptions, TokenOwner } from './identity/tokens.ts'
import { type WorkspaceOptions, Workspaces } from './identity/workspaces.ts'
import { AllLimits, type LimitOptions } from './limits.ts'
import { consoleLogger, type Logger, traceOf } from './logger.ts'
import { Repeats } from './logs/repeats.ts'
import { startMeasuring } from './measuring.ts'
import { measuredStore } from './metrics/measured-store.ts'
import type { Meter } from './metrics/meter.ts'
import { type MetricsOption, openMeter } from './metrics/open-meter.ts'
import type { MetricsText } from './metrics/registry.ts'
import type { Bus } from './nodes/bus.ts'
import { Nodes } from './nodes/nodes.ts'
import { askingBefore, type BeforeMessage } from './requests/before-message.ts'
import { type MetadataSchemas, metadataChecks } from './requests/schemas.ts'
import { openIo } from './sockets/open-io.ts'
import type { Store } from './stores/store.ts'
import { untilAvailable } from './stores/until-available.ts'
import { type WebhookOptions, webhooksOf } from './webhooks/options.ts'
import type { OnUnread } from './webhooks/unread-events.ts'

/** How long a start waits for a store that other servers keep busy, at each of its steps. */
const busyStoreMs = 10_000

export interface V2Options {
  /** The workspace that they enter. */
  readonly workspace: string
  /**
   * Whether a page may answer on one of its sockets a call that rings at another, as pages of V2 do: sockets that have connected from one
   * address, browser and origin within 10 seconds count as one page's. Default: true.
   */
  readonly samePage?: boolean
}

export interface ChatServerOptions {
  /** Where everything is kept; the server closes it. */
  readonly store: Store
  /** An HTTP server to attach to; the caller starts and closes it. Without one the chat server opens its own. */
  readonly http?: HttpServer
  /** The port of its own HTTP server; 0 takes a free one. Default 4000. */
  readonly port?: number
  /** The address that its own HTTP server listens on; default: every network interface. */
  readonly host?: string
  /** The path of its sockets, which clients must be given too. Default `/socket.io`. Chat servers may share an `http` by it. */
  readonly path?: string
  /** A folder of static files with an index.html, which its own HTTP server serves too. Not allowed with `http`. */
  readonly pages?: string
  /** Whose pages may show `pages` in a frame: origins, and `self` for these themselves. Default: nobody's; with `demo`: `self`. */
  readonly frameAncestors?: readonly string[]
  /**
   * Whether it serves the support widget as `/widget.js`, for one `<script>` line on any page; a text names a folder with another
   * build of it. Default: it does on its own HTTP server, and not on yours.
   */
  readonly widget?: boolean | string
  /** The workspaces that may be entered. They replace those in the store; without this option the store's are kept. */
  readonly workspaces?: readonly WorkspaceOptions[]
  /** The secret used to hash API keys. Needed if `workspaces` is left out or several servers share a store. Default: random. */
  readonly keyPepper?: string
  /** How V2's sockets are admitted that have no identity. */
  readonly v2?: V2Options
  /** The tokens that let users in, of whichever workspace they name. A workspace may have tokens of its own instead. */
  readonly tokens?: TokenOptions
  /** Decides who a handshake with a `token` is from, for teams with tokens of their own; takes the place of `tokens`. */
  readonly authenticate?: AuthenticateUser
  /**
   * For trials only: serves `POST /demo/token`, which gives anybody a token for anybody in the workspace `demo`. Not allowed
   * with `http`.
   */
  readonly demo?: boolean
  /** Narrows what a session may do beyond its role; called before every request. It cannot allow more. */
  readonly authorize?: Authorize
  /** What the `metadata` of messages, users, rooms and tickets has to be, by schemas of your own. Default: any JSON object. */
  readonly schemas?: MetadataSchemas
  /**
   * Decides about each message before it is stored, and about each new text of one: lets it pass, changes it, or refuses it with
   * a text for its sender. It has `limits.beforeMessageMs`; while it takes its time, its stream waits and others do not.
   */
  readonly beforeMessage?: BeforeMessage
  /**
   * Chooses who gets a ticket that waits, instead of the strategies of its topics. It has a second; a ticket that it gives to nobody stays in
   * the line until somebody is free or the line changes.
   */
  readonly strategy?: AssignTicket
  /** Where what happens in streams is posted to, and who has not seen it. */
  readonly webhooks?: readonly WebhookOptions[]
  /**
   * Is told of everybody who is away and has not seen a message for two minutes, or has missed a call: once for each stream, until
   * they have read it. What it rejects with, or does not end within `limits.webhookMs`, is tried again.
   */
  readonly onUnread?: OnUnread
  /** The only origins whose pages may connect, as browsers write them: `https://chat.example`. Default: all. */
  readonly origins?: readonly string[]
  /** The proxies in front of the server: addresses and networks, or how many. Only what these say of a client's address counts. */
  readonly trustedProxies?: TrustedProxies
  /** What one client, user, address or workspace may take of the server, where it is not the default. */
  readonly limits?: LimitOptions
  readonly logger?: Logger
  /**
   * Counts what happens, for `chat.metrics()`: `true`, or a prom-client `Registry` that gets the server's metrics. Needs
   * prom-client. Default: counts nothing, which costs nothing.
   */
  readonly metrics?: MetricsOption
  /**
   * Where the files of messages are: `folderAttachments`, `s3Attachments` of `@dowellchat/server/s3`, or a store of your own. Default:
   * messages have no files.
   */
  readonly attachments?: AttachmentStore
  /** STUN and TURN servers for calls, which clients get from the server. Default: none; then calls work within one network alone. */
  readonly iceServers?: IceOptions
  /** What servers on one store say things to each other by: `redisBus` of `@dowellchat/server/redis`. */
  readonly bus?: Bus
}

export interface ChatServer {
  /** Its address; '' until the caller's `http` listens. */
  readonly url: string
  /** What `GET /health` of its own HTTP server answers: it is alive as long as this resolves, and is to be started anew where it rejects. */
  health(): Promise<Health>
  /** What `GET /ready` answers: whether it should get new clients. Asks the store at most once a second. */
  ready(): Promise<Ready>
  /** The metrics as text for Prometheus; undefined without the option `metrics`. */
  metrics(): Promise<MetricsText | undefined>
  /**
   * Lets nobody in any more, answers what has been asked, closes the connections one after the other so that their clients
   * come back by themselves, and closes the store. `limits.drainMs` and `limits.finishMs` say how long this may take. Rejects
   * if the store cannot be closed.
   */
  close(): Promise<void>
}

/**
 * Starts a chat server: loads the workspaces, then attaches to `http` or listens. A start that fails leaves nothing running, and
 * the store open.
 * @throws StartError that says what is wrong and what to do
 */
export async function createChatServer(options: ChatServerOptions): Promise<ChatServer> {
  const meter = await openMeter(options.metrics)
  try {
    return await start(options, meter)
  } catch (error) {
    meter?.close()
    throw error
  }
}

async function start(options: ChatServerOptions, meter: Meter | undefined): Promise<ChatServer> {
  const { keyPepper = randomBytes(32).toString('hex') } = options
  const logger = new Repeats(options.logger ?? consoleLogger)
  refuseMissingPepper(options)
  const store = meter ? measuredStore(options.store, meter) : options.store
  store.onDamaged?.((row) => {
    meter?.damaged()
    logger.error(row, 'A stored row is damaged: it is told as removed, or left out')
  })
  if (store.notRebuilt !== undefined) {
    const problem = store.notRebuilt
    logger.warn({ problem }, 'What was erased is still in unused parts of the database: it cannot be rebuilt')
  }
  const origins = originsOf(options.origins, 'origins')
  const path = socketPathOf(options.path, 'path')
  const limits = new AllLimits(options.limits, options.workspaces)
  const addressOf = addressThrough(options.trustedProxies)
  const refusals = new Refusals({ logger })
  const expectMetadata = metadataChecks(options.schemas)
  const askBefore = askingBefore(options.beforeMessage, {
    limits: limits.server,
    logger,
    meter,
    expectMetadata,
  })
  const iceServers = givingIceServers(options.iceServers)
  const trace = traceOf(options.logger ?? consoleLogger)
  const startMs = store.nodes ? busyStoreMs : 0
  const workspaces = await untilAvailable(startMs, () =>
    Workspaces.load(store.workspaces, workspacesOf(options), keyPepper),
  )
  const webhooks = webhooksOf(options.webhooks, { workspaces: workspaces.ids })
  const demo = options.demo ? openDemo(workspaces.ids) : undefined
  const nodes = new Nodes({ store: store.nodes, bus: options.bus, logger })
  const readiness = readinessOf(store, limits, nodes)
  const widget = widgetFolder(options.widget, options.http === undefined)
  let ended: Error | undefined
  store.onEnded?.((error) => {
    ended = error
  })
  const health = async (): Promise<Health> => {
    if (ended) throw ended
    return { status: 'ok' }
  }
  const routes = [
    serveHealth(health, () => readiness.check()),
    ...(demo ? [demo.route] : []),
    ...(widget !== undefined && !options.http ? [serveWidget(widget)] : []),
  ]
  const http = httpOf(options, routes, limits)
  const keys = new Keys(store.keys, workspaces, keyPepper)
  const audit = new Audit(store.audit, keyPepper, logger)
  const isRestricted = origins !== undefined || workspaces.hasOrigins
  const { io, connecting, attach, refuse, detach } = openIo({
    path,
    origins,
    isRestricted,
    limits: limits.server,
    addressOf,
    meter,
  })
  const changes = new SharedChanges(store.changes, nodes, logger, meter)
  const revocations = new Revocations(store.revocations, keys)
  const guests = new Guests(keyPepper, store.aliases, revocations, (alias) =>
    changes.announce({ kind: 'guest_became_user', ...alias }),
  )
  const proveToken = await createProve({
    owners: [...tokenOwners(options), ...(demo ? [demo.owner] : [])],
    authenticate: options.authenticate,
    workspaces: workspaces.ids,
    logger,
  })
  const clock = new ClockWatch({ usedUntil: options.store.usedUntil, logger })
  const attachments = await openAttachments(options.attachments, {
    ...{ path, store, logger, meter, addressOf, limits: limits.server },
    isAllowed: (id, origin) => isAllowed(origin, origins) && workspaces.isAllowedOrigin(id, origin),
    isDoubtful: () => clock.isDoubtful(),
  })
  const chat = new Chat({
    io,
    connecting,
    store,
    workspaces,
    guests,
    revocations,
    proveToken,
    keys,
    audit,
    nodes,
    changes,
    logger,
    trace,
    meter,
    limits,
    refusals,
    addressOf,
    defaultWorkspace: options.v2?.workspace,
    samePage: options.v2?.samePage ?? true,
    authorize: options.authorize,
    expectMetadata,
    askBefore,
    strategy: options.strategy,
    files: attachments.files,
    iceServers,
    isOffered: offersOf({
      files: attachments.files !== undefined,
      searches: (id) => workspaces.get(id)?.search === true,
    }),
    outside: { webhooks, onUnread: options.onUnread },
  })
  let detachWidget: (() => void) | undefined
  try {
    await begin()
  } catch (error) {
    await end()
    throw error
  }
  const stopMeasuring =
    meter && startMeasuring(meter, { http, chat, audit, readiness, logger, store, nodes, workspaces })
  let closing: Promise<void> | undefined
  const stopFirstMessages = startFirstMessages({ store, streams: chat.streams, logger })
  const stopRetention = startRetention({
    streams: chat.streams,
    threads: store.threads,
    audit: store.audit,
    uploads: store.uploads,
    workspaces,
    logger,
    isDoubtful: () => clock.isDoubtful(),
  })

  return {
    get url() {
      return urlOf(http)
    },
    health,
    ready: () => readiness.check(),
    metrics: async () =>
      meter && { contentType: meter.registry.contentType, text: await meter.registry.metrics() },
    close() {
      closing ??= stop()
      return closing
    },
  }

  async function begin(): Promise<void> {
    await untilAvailable(startMs, () => changes.start())
    await untilAvailable(startMs, () => nodes.start())
    await untilAvailable(startMs, () => chat.callCare.start())
    // The last run may have ended before it assigned these.
    for (const id of workspaces.ids) await untilAvailable(startMs, () => chat.lines.assign(id))
    await untilAvailable(startMs, () => chat.webhooks.start())
    chat.admit()
    chat.lineCare.start()
    chat.search.start()
    attach(http)
    attachments.attach(http, options.http === undefined)
    if (options.http && widget !== undefined) detachWidget = attachWidget(http, widget, limits.server)
    if (!options.http) await listen(http, options.port ?? 4000, options.host)
  }

  async function stop(): Promise<void> {
    const finishBy = await end([stopRetention(), stopFirstMessages()])
    await closeStore(store, finishBy)
    stopMeasuring?.()
  }

  /**
   * Ends what has begun, all but the store, and what else is under way.
   * @returns by when all must be finished, in `performance.now()`
   */
  async function end(underWay: readonly Promise<void>[] = []): Promise<number> {
    readiness.stop()
    clock.stop()
    refuse()
    await chat.drain()
    io.engine.close()
    detach()
    attachments.detach()
    detachWidget?.()
    if (!options.http) await closeHttp(http)
    const finishBy = performance.now() + limits.server.finishMs
    await finish(finishBy, logger, {
      'what runs by itself': () => Promise.all(underWay),
      'changes of other servers': () => changes.stop(),
      ...chat.finishing,
      files: () => attachments.stop(),
    })
    await finish(finishBy, logger, {
      keys: () => keys.stop(),
      'audit trail': () => audit.stop(),
      'other servers': () => nodes.stop(),
    })
    refusals.close()
    logger.close()
    return finishBy
  }
}

/** Several servers on one store must know each other's guests and keys. */
function refuseMissingPepper({ store, keyPepper, workspaces = [] }: ChatServerOptions): void {
  if (keyPepper !== undefined || !store.nodes || !workspaces.some(({ guests }) => guests)) return
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

function readinessOf(store: Store, { server: { storeMs, loopMs } }: AllLimits, nodes: Nodes): Readiness {
  return new Readiness({ askStore: () => problemOf(store), servers: () => nodes.seen, storeMs, loopMs })
}

/** Never in the store's own words, which may name files and hosts. */
async function problemOf(store: Store): Promise<string | undefined> {
  if (!store.health) {
    // One row, whatever the store holds.
    await store.changes.head()
    return undefined
  }
  const { reads, writes } = await store.health()
  if (!reads) return 'The store cannot be read'
  return writes ? undefined : 'The store cannot be written'
}

function httpOf(
  { http, pages, demo, frameAncestors, attachments }: ChatServerOptions,
  routes: readonly Route[],
  limits: AllLimits,
): HttpServer {
  if (http && pages !== undefined)
    throw new StartError('Serve the pages from your own http server, or leave `http` out')
  if (http && demo) throw new StartError('A demo needs its own http server: leave `http` out')
  // A demo shows the desk beside a shop, each in a frame of one page.
  const ancestors = frameAncestors ?? (demo ? ['self'] : undefined)
  const all = [
    ...routes,
    ...(pages === undefined
      ? []
      : [servePages(pages, { frameAncestors: ancestors, files: attachments?.origin })]),
  ]
  return http ?? createHttp(all, limits.server)
}
