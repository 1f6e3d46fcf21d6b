import { type ChatServer, type ChatServerOptions, createChatServer } from '../chat-server.ts'
import { embeddedStore } from '../stores/embedded/index.ts'

/** The two workspaces that every test server has. */
export const testWorkspaces = [
  { id: 'demo', keys: ['demo-key'], guests: true, openDirectory: true },
  { id: 'other', keys: ['other-key'] },
] as const

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
  })
}
