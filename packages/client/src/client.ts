import { type Attachments, createAttachments } from './attachments/attachments.ts'
import { type Calls, type CallsOptions, createCalls } from './calls/calls.ts'
import { type ChatAuth, identityOf } from './connection/auth.ts'
import { createConnection } from './connection/connection.ts'
import type { ClientSession, ConnectionState } from './connection/connection-state.ts'
import type { ChatStorage } from './connection/guest-tokens.ts'
import type { WatchNetwork } from './connection/network.ts'
import { type Observable, readOnly } from './live/observable.ts'
import type { KeptMessages } from './messages/kept-messages.ts'
import type { Outbox, OutboxOptions } from './messages/outbox.ts'
import { createReports, type Reports } from './moderation/reports.ts'
import { type ChatPresence, createPresence } from './presence/presence.ts'
import type { PushMethods } from './requests/push.ts'
import type { RequestMethods } from './requests/request.ts'
import { createWire } from './requests/wire.ts'
import { createRooms, type Rooms } from './rooms/rooms.ts'
import { createSearch } from './search/search.ts'
import type { SearchQuery, SearchResults } from './search/search-state.ts'
import { createThreads, type Threads } from './threads/threads.ts'
import { type CannedAnswers, createCannedAnswers } from './tickets/canned-answers.ts'
import { createLineManagers, type LineManagers } from './tickets/line-managers.ts'
import { createTicketFeed } from './tickets/ticket-feed.ts'
import { createTickets, type Tickets } from './tickets/tickets.ts'
import { createTopics, type Topics } from './tickets/topics.ts'
import { createUsers, type Users } from './users/users.ts'

export interface ChatClientOptions {
  /** The server's address, for example `http://localhost:4000`. */
  readonly url: string
  /** Where the server has its sockets, if it is not `/socket.io`: its `path`, below that of a proxy which takes its own off. */
  readonly path?: string
  /**
   * How to reach the server, as in socket.io. Several servers behind a load balancer without sticky sessions need WebSockets
   * alone. Default: HTTP first, then a WebSocket.
   *
   * @example
   * ```ts
   * createChatClient({ url, auth, transports: ['websocket'] })
   * ```
   */
  readonly transports?: readonly ('polling' | 'websocket' | 'webtransport')[]
  /**
   * Tells the client of the network where there are no browser's events, as in React Native. Telling `true` again makes the
   * client look whether its connection still works.
   *
   * @example
   * ```ts
   * createChatClient({
   *   url,
   *   auth,
   *   network: (tell) => NetInfo.addEventListener(({ isConnected }) => tell(isConnected !== false)),
   * })
   * ```
   */
  readonly network?: WatchNetwork
  readonly auth: ChatAuth
  readonly calls?: CallsOptions
  /** Where a guest's token is kept, and unsent messages with `outbox: {keep: true}`. Default: the browser's `localStorage`; outside browsers nothing outlives the client. */
  readonly storage?: ChatStorage
  /** How much may wait to be sent while there is no connection, and whether it outlives the page. */
  readonly outbox?: OutboxOptions
  /** How many messages of a room or ticket are kept in memory; `loadOlder` brings others back. */
  readonly keptMessages?: KeptMessages
  /** How many items a list, and how many messages a room, loads at a time: 1 to 200, by default 50. */
  readonly pageSize?: number
}

/** What can change without another client. */
export type ChatClientChanges = Partial<Pick<ChatClientOptions, 'auth' | 'calls'>>

/** One identity at one server. Connection, rooms and lists are kept current while they are retained. */
export interface ChatClient {
  readonly connection: Observable<ConnectionState>
  /**
   * Connects; call the answer to let go. The connection closes a second after the last holder has let go. Where the server has
   * refused the client, this tries again: `connect()()`, if somebody else holds the connection, as a `ChatProvider` does.
   */
  readonly connect: () => () => void
  /**
   * Resolves to the session when the client is online, at once if it is. Connects nothing by itself: `connect()` does, or a
   * `ChatProvider`. Rejects with a `ConnectionError` when the server refuses the client, or when it is closed.
   *
   * @example
   * ```ts
   * const disconnect = client.connect()
   * const { user_id } = await client.ready()
   * ```
   */
  readonly ready: () => Promise<ClientSession>
  /**
   * The server's time as far as it is known, in milliseconds since 1970: for whatever counts down to a time of the server's.
   *
   * @example
   * const minutesLeft = (dueAt: string) => (Date.parse(dueAt) - client.now()) / 60_000
   */
  readonly now: () => number
  /** Closes at once, even while it is held: ends the call and releases microphone and camera. */
  readonly close: () => void
  /**
   * Replaces what is given, for the same user: another token renews the session, or connects again after a refusal;
   * another `getToken` is asked the next time, another `name` is sent with the next connect; `calls` concern the next call.
   * Throws if `auth` is another user's, who needs another client.
   */
  readonly update: (changes: ChatClientChanges) => void
  /** Every request of the contract. Rejects with a `RequestError` whose code is one of the request's. */
  readonly request: RequestMethods
  /** Every push of the contract. */
  readonly on: PushMethods
  readonly rooms: Rooms
  readonly calls: Calls
  readonly tickets: Tickets
  readonly topics: Topics
  readonly lineManagers: LineManagers
  readonly cannedAnswers: CannedAnswers
  readonly users: Users
  readonly threads: Threads
  /** Who is there, and who is writing. */
  readonly presence: ChatPresence
  readonly reports: Reports
  /** Files of messages. */
  readonly attachments: Attachments
  /**
   * Finds messages with all the words of a text, the newest first, in the rooms of the user's list and the tickets that they may
   * read. The same query is the same list.
   *
   * @example
   * const found = client.search({ text: 'invoice', rooms: ['lobby'] })
   * const letGo = found.retain()
   * found.subscribe(() => show(found.getSnapshot().items))
   */
  readonly search: (query: SearchQuery) => SearchResults
  /** Whether all messages are sent, of all rooms and tickets. */
  readonly outbox: Outbox
}

/** Creates a client. It connects at the first `connect()`. */
export function createChatClient({
  url,
  auth,
  calls: callsOptions,
  pageSize,
  outbox,
  keptMessages,
  ...place
}: ChatClientOptions): ChatClient {
  const connection = createConnection(url, auth, place)
  const identity = identityOf(auth)
  const wire = createWire(connection, { pageSize, keptMessages, outbox, place: { url, auth, ...place } })
  const { request, on } = wire
  const rooms = createRooms(wire)
  const feed = createTicketFeed(on)
  const { calls, release, configure } = createCalls(wire, callsOptions)
  return {
    connection: readOnly(connection),
    connect: connection.retain,
    ready: connection.ready,
    now: connection.now,
    close() {
      connection.close()
      release()
    },
    update(changes) {
      if (changes.auth) {
        if (identityOf(changes.auth) !== identity) throw new TypeError('Another user needs another client')
        connection.update(changes.auth)
      }
      if (changes.calls) configure(changes.calls)
    },
    request,
    on,
    rooms,
    calls,
    tickets: createTickets(wire, feed),
    topics: createTopics(wire, feed),
    lineManagers: createLineManagers(wire),
    cannedAnswers: createCannedAnswers(wire),
    users: createUsers(wire),
    threads: createThreads(wire),
    presence: createPresence(wire, rooms.messages),
    reports: createReports(wire),
    attachments: createAttachments(wire, { url, ...place }),
    search: createSearch(wire),
    outbox: wire.outbox,
  }
}
