import { type ClientRequestName, errors, type PushName } from '@dowellchat/protocol'
import type { CallsState } from '../calls/call.ts'
import type { Calls } from '../calls/calls.ts'
import type { LocalMedia, LocalMediaState } from '../calls/local-media.ts'
import { type ChatClient, type ChatClientOptions, createChatClient } from '../client.ts'
import type { ConnectionState } from '../connection/connection-state.ts'
import type { ErrorCode, Message, PushOf } from '../entities.ts'
import { failureFor } from './fake-failures.ts'
import type { FakeUser } from './fake-parts.ts'
import { type FakeAnswer, type FakeRequest, FakeServer } from './fake-server.ts'
import { FakeSocket, fakeTransport } from './fake-socket.ts'
import { type Settable, settable, type WithSettable, withSettable } from './settable.ts'

/** What of a client answers states, which a test can set. */
type Settables = {
  readonly [K in keyof ChatClient]: K extends 'request' | 'on'
    ? ChatClient[K]
    : K extends 'calls'
      ? SettableCalls
      : ChatClient[K] extends (...args: never) => unknown
        ? WithSettable<ChatClient>[K]
        : ChatClient[K] extends { readonly getSnapshot: () => infer S }
          ? ChatClient[K] & Settable<S>
          : WithSettable<ChatClient[K]>
}

type SettableCalls = WithSettable<Calls> &
  Settable<CallsState> & { readonly media: LocalMedia & Settable<LocalMediaState> }

/** A client without a network, for component tests and stories: the real one, whose server is the test. */
export interface FakeClient extends Settables {
  /** Every request that the client has sent, the oldest first. */
  readonly requests: readonly FakeRequest[]
  /**
   * Answers a request from now on. Without this lists have what the server knows (nothing at first), what is created looks like
   * what was asked for, and messages are stored.
   * @example
   * fake.answer('get_tickets', () => ({ tickets: [fixtures.ticket()], more: false }))
   */
  answer<K extends ClientRequestName>(name: K, answer: FakeAnswer<K>): void
  /** Lets a request fail from now on. */
  fail(name: ClientRequestName, code: ErrorCode, message?: string): void
  /** Undoes `answer` and `fail`. What they have answered stays known. */
  succeed(name: ClientRequestName): void
  /**
   * Leaves a request without an answer; the function that it returns answers those that wait, as the test says by then, and the
   * later ones. `answer`, `fail` and `succeed` end it for those that come after them.
   */
  hold(name: ClientRequestName): () => void
  /** Somebody has written: puts a message at the end of its stream. */
  receive(message: Message): void
  /** The server sends something by itself. */
  push<K extends PushName>(name: K, data: PushOf<K>): void
  /** The connection is lost, and the server cannot be reached. */
  goOffline(): void
  /** The server can be reached again; resolves once the client is connected. */
  goOnline(): Promise<void>
  /** The server refuses the client, for good. */
  refuse(code: ErrorCode, message?: string): void
}

/**
 * A client for component tests and stories. It is the real one, connected to a server that the test plays in the same
 * process; there is no network, and the connection needs no timer. Everything that hooks show can also be set.
 *
 * The server remembers what the test answers and pushes and what the client makes. It allows more than a real one: it refuses
 * nothing for the role, knows no limits or blocks, and takes rooms, tickets and topics that it does not know to be there. Only
 * changes of messages are refused as by a real one.
 * @example
 * const fake = createFakeClient({ user_id: 'ann' })
 * fake.rooms.messages('lobby').set({ status: 'ready', messages: [fixtures.row({ message_data: 'Hello' })] })
 * render(<ChatProvider client={fake}><Lobby /></ChatProvider>)
 */
export function createFakeClient(user: FakeUser = {}): FakeClient {
  const server = new FakeServer(user)
  const transport = fakeTransport(() => new FakeSocket(server))
  const { user_id = 'ann', workspace_id = 'demo' } = user
  const auth = { user_id, workspace_id, api_key: 'fake' }
  const options = { url: 'http://fake.invalid', auth, putFile: server.put }
  const client = createChatClient({ ...options, transports: [transport] } as unknown as ChatClientOptions)
  client.connect()
  return { ...withStates(client), ...controlsOf(client, server) }
}

/** A member that a client gets must get its place here, or be a function. */
function withStates(client: ChatClient): Settables {
  return {
    ...client,
    connection: settable<ConnectionState, ChatClient['connection']>(client.connection),
    calls: settableCalls(client.calls),
    rooms: withSettable(client.rooms),
    tickets: withSettable(client.tickets),
    topics: withSettable(client.topics),
    lineManagers: withSettable(client.lineManagers),
    cannedAnswers: withSettable(client.cannedAnswers),
    users: withSettable(client.users),
    threads: withSettable(client.threads),
    presence: withSettable(client.presence),
    reports: withSettable(client.reports),
    attachments: withSettable(client.attachments),
    search: withSettable({ search: client.search }).search,
    outbox: Object.assign(settable(client.outbox), { discardAll: client.outbox.discardAll }),
  } satisfies Settables
}

function settableCalls(calls: Calls): SettableCalls {
  const { history } = withSettable({ history: calls.history })
  return { ...settable<CallsState, Calls>(calls), history, media: settable(calls.media) }
}

function controlsOf(client: ChatClient, server: FakeServer): Omit<FakeClient, keyof Settables> {
  return {
    requests: server.requests,
    answer: (name, answer) => server.answer(name, answer),
    fail(name, code, message) {
      server.answer(name, () => {
        throw failureFor(name, code, message)
      })
    },
    succeed: (name) => server.answer(name),
    hold: (name) => server.hold(name),
    receive: (message) => server.receive(message),
    push: (name, data) => server.push(name, data),
    goOffline() {
      server.isReachable = false
      server.cut()
    },
    goOnline() {
      server.isReachable = true
      return untilOnline(client)
    },
    refuse(code, message = `The test refuses the client: ${code}`) {
      server.refusal = { code, message, retryable: errors[code].retryable }
      server.cut()
      client.connect()
    },
  }
}

/** Another `connect` is another try at once. */
function untilOnline({ connection, connect }: ChatClient): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.getSnapshot().status !== 'online') return
      stop()
      resolve()
    }
    const stop = connection.subscribe(look)
    connect()
    look()
  })
}
