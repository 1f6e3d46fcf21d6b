import { randomBytes } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import { limits } from '@dowellchat/protocol'
import { Server } from 'socket.io'
import { callRoom } from './delivery/audience.ts'
import type { Notify } from './delivery/facts.ts'
import { type Hints, noHints } from './delivery/hints.ts'
import { startRetention } from './delivery/retention.ts'
import { Streams } from './delivery/streams.ts'
import { errorBody, RequestError, StartError, toRequestError } from './errors.ts'
import { closeHttp, createHttp, listen, urlOf } from './http/http.ts'
import { servePages } from './http/pages.ts'
import { authenticate } from './identity/authenticate.ts'
import type { DialectName } from './identity/dialect-name.ts'
import { type WorkspaceOptions, Workspaces } from './identity/workspaces.ts'
import { consoleLogger, type Logger } from './logger.ts'
import { SerialQueues } from './queues/serial-queues.ts'
import { dispatch } from './requests/dispatch.ts'
import { fingerprint } from './requests/fingerprint.ts'
import type { Context } from './requests/handler.ts'
import { loseCalls } from './requests/handlers/calls.ts'
import { currentDialect } from './sockets/dialects/current.ts'
import type { Dialect, ReadRequest } from './sockets/dialects/dialect.ts'
import { v2Dialect } from './sockets/dialects/v2.ts'
import { FrameDecoder, FrameEncoder } from './sockets/frames.ts'
import { type ChatIo, type ChatSocket, SocketConnection } from './sockets/socket.ts'
import type { Store } from './stores/store.ts'

export interface ChatServerOptions {
  /** Where everything is kept; the server closes it. */
  readonly store: Store
  /** A server to attach to, which stays the caller's. Without one the chat server listens itself. */
  readonly http?: HttpServer
  /** Where it listens itself; 0 takes a free port. Default 4000. */
  readonly port?: number
  readonly host?: string
  /** A folder of static files, with an index.html, that it serves besides; not with an `http` of the caller's. */
  readonly pages?: string
  /** Who may enter; left out, those that the store knows from earlier. */
  readonly workspaces?: readonly WorkspaceOptions[]
  /** Secret under which API keys are hashed. Needed where `workspaces` is left out or several servers share a store. */
  readonly keyPepper?: string
  /** Admits V2's sockets without an identity, into this workspace. */
  readonly v2?: { readonly workspace: string }
  readonly logger?: Logger
  readonly hints?: Hints
}

export interface ChatServer {
  /** Where it listens; '' until an `http` of the caller's does. */
  readonly url: string
  /** Ends every connection, finishes what is under way and closes the store. */
  close(): Promise<void>
}

/**
 * Starts a chat server: opens the register of workspaces, attaches to `http` or listens.
 * @throws StartError where it cannot, with what to do about it
 */
export async function createChatServer(options: ChatServerOptions): Promise<ChatServer> {
  const { store, logger = consoleLogger, keyPepper = randomBytes(32).toString('hex') } = options
  const http = httpOf(options)
  const workspaces = await Workspaces.load(store.workspaces, options.workspaces, keyPepper)
  await store.calls.endAll()
  // What the last run may not have come to.
  for (const id of workspaces.ids) await store.tickets.assignWaiting(id)
  const io = createIo(http)
  const chat = new Chat(io, store, workspaces, options.hints ?? noHints, logger)
  chat.admit(options.v2?.workspace)
  if (!options.http) await listen(http, options.port ?? 4000, options.host)
  const stopRetention = startRetention(chat.streams, workspaces, logger)

  return {
    get url() {
      return urlOf(http)
    },
    async close() {
      chat.refuse()
      await stopRetention()
      io.disconnectSockets(true)
      io.engine.close()
      await (options.http ? undefined : closeHttp(http))
      await chat.idle()
      await store.close()
    },
  }
}

function httpOf({ http, pages }: ChatServerOptions): HttpServer {
  if (http && pages !== undefined)
    throw new StartError('Serve the pages from your own http server, or leave `http` out')
  return http ?? createHttp(pages === undefined ? undefined : servePages(pages))
}

function createIo(http: HttpServer): ChatIo {
  return new Server(http, {
    parser: { Encoder: FrameEncoder, Decoder: FrameDecoder },
    maxHttpBufferSize: limits.frame_bytes,
    // Origins are not restricted yet; credentials travel in `auth`, never in cookies.
    cors: { origin: '*' },
    serveClient: false,
  })
}

/** What ties sockets, dialects, streams and handlers together. */
class Chat {
  readonly #io: ChatIo
  readonly #store: Store
  readonly #workspaces: Workspaces
  readonly #logger: Logger
  readonly #dialects: Readonly<Record<DialectName, Dialect>>
  readonly streams: Streams
  readonly #calls = new SerialQueues()
  /** How many events are being handled. */
  #underWay = 0
  readonly #waiting: (() => void)[] = []
  #isClosing = false

  constructor(io: ChatIo, store: Store, workspaces: Workspaces, hints: Hints, logger: Logger) {
    this.#io = io
    this.#store = store
    this.#workspaces = workspaces
    this.#logger = logger
    // In the calls' queue, so that a call is found which the same socket has just asked for.
    const openCalls: Store['calls']['listOpen'] = (workspaceId, device) =>
      this.#calls.run(workspaceId, () => store.calls.listOpen(workspaceId, device))
    this.#dialects = { v2: v2Dialect(io, workspaces, openCalls), current: currentDialect(io) }
    const everyDialect = Object.values(this.#dialects)
    this.streams = new Streams(
      store.streams,
      (key, epoch, entries) => {
        for (const dialect of everyDialect) dialect.broadcast(key, epoch, entries)
      },
      hints,
    )
  }

  /** Lets sockets in. @param v2Workspace where those without an identity live */
  admit(v2Workspace: string | undefined): void {
    this.#io.use((socket, next) => {
      try {
        if (this.#isClosing) throw new RequestError('unavailable', 'The server is closing')
        socket.data = authenticate(socket.handshake.auth, socket.id, this.#workspaces, v2Workspace)
        // Before `next()`: this is the only place from which it arrives before the client's `connect`.
        this.#dialects[socket.data.dialect].greet(socket)
        next()
      } catch (error) {
        const refused = toRequestError(error)
        if (refused !== error) this.#logger.error({ error }, 'A handshake failed')
        next(Object.assign(new Error(refused.message), { data: errorBody(refused) }))
      }
    })
    const { onEvent, onDisconnecting, onError } = this.#listeners()
    this.#io.on('connection', (socket) => {
      this.#dialects[socket.data.dialect].welcome(socket)
      socket.onAny(onEvent)
      // While it still has its rooms.
      socket.on('disconnecting', onDisconnecting)
      socket.on('error', onError)
    })
  }

  /** Lets nobody in any more: an `http` of the caller's goes on taking connections. */
  refuse(): void {
    this.#isClosing = true
  }

  async idle(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    await this.streams.idle()
    await this.#calls.idle()
  }

  /** One function each for all sockets, which are `this`: a closure per socket costs about 1 KiB. */
  #listeners() {
    const chat = this
    return {
      onEvent(this: ChatSocket, event: unknown, ...args: unknown[]): void {
        const dialect = chat.#dialects[this.data.dialect]
        chat.#track(dispatch(this, dialect, event, args, chat.#openContext, chat.#logger))
      },
      onDisconnecting(this: ChatSocket): void {
        if (this.rooms.has(callRoom)) chat.#track(chat.#loseCalls(this))
      },
      onError(this: ChatSocket): void {
        // What it carries may be the client's own: an event can be called `error`.
        chat.#logger.info({ socket: this.id }, 'A connection sent what is no protocol')
      },
    }
  }

  async #loseCalls(socket: ChatSocket): Promise<void> {
    const { session } = socket.data
    const [context, sendAnnounced] = this.#openContext(socket, { session }, {})
    try {
      await loseCalls(context)
      sendAnnounced()
    } catch (error) {
      this.#logger.error({ error }, 'The calls of a lost connection could not be ended')
    }
  }

  readonly #openContext = (
    socket: ChatSocket,
    { session }: Pick<ReadRequest, 'session'>,
    payload: unknown,
  ): [Context, () => void] => {
    let announced: (() => void)[] | undefined
    const notify: Notify = (to, fact, data) => {
      announced ??= []
      announced.push(() => {
        for (const dialect of Object.values(this.#dialects)) dialect.push(to, fact, data)
      })
    }
    const context: Context = {
      session,
      connection: new SocketConnection(this.#io, socket, session.workspace_id),
      store: this.#store,
      streams: this.streams,
      calls: this.#calls,
      notify,
      // Asked for by what creates, and not by the rest.
      get fingerprint() {
        return fingerprint(payload)
      },
    }
    const sendAnnounced = (): void => {
      for (const send of announced ?? []) send()
    }
    return [context, sendAnnounced]
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
