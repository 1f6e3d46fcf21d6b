import { randomUUID } from 'node:crypto'
import { protocolVersion } from '@dowellchat/protocol'
import type { ChatServerOptions } from '../chat-server.ts'
import { consoleLogger, type Logger } from '../logger.ts'
import { undeclaredCode } from '../requests/dispatch.ts'
import { startServer, type TestServer, testWorkspaces } from './start-server.ts'
import { type Auth, type ClientOptions, openSocket, type TestSocket } from './test-socket.ts'

export {
  type Auth,
  type ClientOptions,
  entriesIn,
  type Frame,
  messagesIn,
  TestSocket,
} from './test-socket.ts'

/** The server of one test, and the sockets opened to it. */
export interface TestChat {
  readonly server: TestServer
  readonly url: string
  readonly sockets: readonly TestSocket[]
  /** Opens a socket with exactly this `auth`, without waiting for anything. */
  open(auth?: Auth, options?: ClientOptions): TestSocket
  /** Opens a socket of the current dialect and waits for its `hello`. By default it is a customer of `demo`. */
  connect(userId: string, auth?: Auth, options?: ClientOptions): Promise<TestSocket>
  /** Opens a V2 socket and waits for its welcome. Without `auth` it is anonymous. */
  connectV2(auth?: Auth, options?: ClientOptions): Promise<TestSocket>
  /** Closes the sockets and the server. Rejects if a socket has received an API key or a token's secret, or a request failed with a code that it does not list. */
  close(): Promise<void>
}

/**
 * Starts a server as `startServer` does, and opens sockets to it. `onClose` receives the function that closes them all: pass
 * a test runner's hook, as in `await openChat(onTestFinished)`.
 */
export async function openChat(
  onClose: (close: () => Promise<void>) => unknown,
  options: Partial<ChatServerOptions> = {},
): Promise<TestChat> {
  const undeclared: string[] = []
  const server = await startServer({ logger: watchedLogger(undeclared), ...options })
  const keys = (options.workspaces ?? testWorkspaces).flatMap(({ keys }) =>
    keys.map((key) => (typeof key === 'string' ? key : key.key)),
  )
  const secrets = [options.tokens, ...(options.workspaces ?? []).map(({ tokens }) => tokens)].flatMap(
    (tokens) => tokens?.secrets ?? [],
  )
  const sockets: TestSocket[] = []
  let closing: Promise<void> | undefined

  function open(auth: Auth = {}, clientOptions: ClientOptions = {}): TestSocket {
    const socket = openSocket(server.url, { transports: ['websocket'], auth: { ...auth }, ...clientOptions })
    sockets.push(socket)
    return socket
  }

  async function closeAll(): Promise<void> {
    for (const { socket } of sockets) socket.disconnect()
    await server.close()
    expectNoKey(sockets, [...keys, ...secrets])
    if (undeclared.length > 0) throw new Error(`${undeclaredCode}: ${undeclared.join(', ')}`)
  }

  const chat: TestChat = {
    server,
    url: server.url,
    sockets,
    open,
    connect(userId, auth = {}, clientOptions = {}) {
      const identity = { workspace_id: 'demo', api_key: 'demo-key', user_id: userId, device_id: randomUUID() }
      const socket = open({ protocol: protocolVersion, ...identity, ...auth }, clientOptions)
      return greeted(socket, ['hello', 'connect'])
    },
    connectV2: (auth, clientOptions) => greeted(open(auth, clientOptions), ['my_response', 'me', 'connect']),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
  onClose(() => chat.close())
  return chat
}

/** The default logger, which also collects the codes that requests failed with and do not list. */
function watchedLogger(undeclared: string[]): Logger {
  return {
    ...consoleLogger,
    error(fields, message) {
      if (message === undeclaredCode) undeclared.push(JSON.stringify(fields))
      consoleLogger.error(fields, message)
    },
  }
}

function expectNoKey(sockets: readonly TestSocket[], keys: readonly string[]): void {
  const received = sockets.flatMap(({ frames, answers }) => [...frames, ...answers])
  const shown = received
    .map((one) => JSON.stringify(one))
    .find((text) => keys.some((key) => text.includes(key)))
  if (shown) throw new Error(`A socket received a key: ${shown}`)
}

async function greeted(socket: TestSocket, expected: readonly string[]): Promise<TestSocket> {
  const events = (await socket.take(expected.length)).map(([event]) => event)
  if (socket.socket.connected) await socket.settle()
  if (events.join() !== expected.join())
    throw new Error(`Expected ${expected.join()} first, heard ${JSON.stringify(socket.frames)}`)
  return socket
}
