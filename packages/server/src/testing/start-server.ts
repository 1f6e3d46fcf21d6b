import { type ChatServer, type ChatServerOptions, createChatServer } from '../chat-server.ts'
import type { WorkspaceKey, WorkspaceOptions } from '../identity/workspaces.ts'
import { embeddedStore } from '../stores/embedded/index.ts'

/** A key for handshakes and for V2's payloads. */
function anyKey(key: string): WorkspaceKey {
  return { key, kinds: ['page', 'server'] }
}

/** The two workspaces that every test server has. */
export const testWorkspaces: readonly WorkspaceOptions[] = [
  { id: 'demo', keys: [anyKey('demo-key')], v2: true, guests: true, customersMeet: 'anybody' },
  { id: 'other', keys: [anyKey('other-key')], v2: true },
]

/** Tests send from one address what a thousand people would. Those that concern limits set their own. */
export const raisedLimits = {
  socketPoints: 1_000_000,
  userPoints: 1_000_000,
  addressPoints: 1_000_000_000,
  workspacePoints: 1_000_000_000,
  invalidRequests: 1_000_000,
  missingRequests: 1_000_000,
  userConnections: 100_000,
  addressConnections: 100_000,
  handshakes: 1_000_000,
  handshakesPerSecond: 1_000_000,
  addressHandshakes: 1_000_000,
  // Tests say which frames come.
  headsMs: 3_600_000,
}

/**
 * Starts a real server on a free port, with an in-memory store unless another is given, the workspaces `demo` (key
 * `demo-key`, guests, V2's sockets) and `other` (key `other-key`). The caller closes it.
 */
export async function startServer(options: Partial<ChatServerOptions> = {}): Promise<ChatServer> {
  return createChatServer({
    store: options.store ?? (await embeddedStore({ path: ':memory:' })),
    port: 0,
    host: '127.0.0.1',
    workspaces: testWorkspaces,
    v2: { workspace: 'demo' },
    ...options,
    limits: { ...raisedLimits, ...options.limits },
  })
}
