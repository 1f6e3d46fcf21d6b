import { type Calls, type CallsOptions, createCalls } from './calls.ts'
import { type ChatAuth, type ConnectionState, createConnection } from './connection.ts'
import { createLineManagers, type LineManagers } from './line-managers.ts'
import { type Observable, readOnly } from './observable.ts'
import { createPushes, type PushMethods } from './push.ts'
import { createRequests, type RequestMethods } from './request.ts'
import { createRooms, type Rooms } from './rooms.ts'
import { createTickets, type Tickets } from './tickets.ts'
import { createTopics, type Topics } from './topics.ts'

export interface ChatClientOptions {
  /** The server's address, for example `http://localhost:4000`. */
  readonly url: string
  readonly auth: ChatAuth
  readonly calls?: CallsOptions
}

/** One identity at one server. Connection, rooms and lists are kept current while they are retained. */
export interface ChatClient {
  readonly connection: Observable<ConnectionState>
  /** Connects; call the answer to let go. The connection closes a second after the last holder has let go. */
  readonly connect: () => () => void
  /** Closes at once, even while it is held: ends the call and releases microphone and camera. */
  readonly close: () => void
  /** Every request of the contract. Rejects with a `RequestError` whose code is one of the request's. */
  readonly request: RequestMethods
  /** Every push of the contract. */
  readonly on: PushMethods
  readonly rooms: Rooms
  readonly calls: Calls
  readonly tickets: Tickets
  readonly topics: Topics
  readonly lineManagers: LineManagers
}

/** Creates a client. It connects at the first `connect()`. */
export function createChatClient({ url, auth, calls: callsOptions }: ChatClientOptions): ChatClient {
  const connection = createConnection(url, auth)
  const request = createRequests(connection)
  const on = createPushes(connection)
  const wire = { connection, request, on }
  const { calls, release } = createCalls(connection, request, on, callsOptions)
  return {
    connection: readOnly(connection),
    connect: connection.retain,
    close() {
      connection.close()
      release()
    },
    request,
    on,
    rooms: createRooms(wire),
    calls,
    tickets: createTickets(wire),
    topics: createTopics(wire),
    lineManagers: createLineManagers(wire),
  }
}
