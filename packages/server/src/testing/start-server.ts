import { randomBytes } from 'node:crypto'
import { type ChatServer, type ChatServerOptions, createChatServer } from '../chat-server.ts'
import type { WorkspaceKey, WorkspaceOptions } from '../identity/workspaces.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import { signUserTokenAt, type TokenUser } from '../tokens/sign-user-token.ts'
import { type Clock, useClock } from './clock.ts'
import { type Link, type LinkOptions, openLink } from './link/link.ts'

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
  addressUploadsAtOnce: 1_000_000,
  // It only ends what hangs: a slow machine may take longer than the default for many at once.
  connectMs: 60_000,
  // Tests say which frames come.
  headsMs: 3_600_000,
  // Tests wait for what follows.
  presenceMs: 50,
}

/** Somebody to come in as. */
export interface TestIdentity {
  /** Default: `customer`. */
  readonly role?: 'customer' | 'agent' | 'admin'
  readonly name?: string
  /** Default: the server's first workspace, `demo`. */
  readonly workspace_id?: string
}

/** The `auth` of a client that comes in with a server's key. */
export interface TestAuth extends TestIdentity {
  readonly workspace_id: string
  readonly api_key: string
  readonly user_id: string
}

/** A real server in the test's process. */
export interface TestServer extends ChatServer {
  readonly clock: Clock
  /**
   * The `auth` with which `createChatClient` comes in as somebody, who need not exist.
   * @example
   * const agent = createChatClient({ url: server.url, auth: server.authFor('zoe', { role: 'agent' }) })
   */
  authFor(userId: string, identity?: TestIdentity): TestAuth
  /**
   * Signs a token, as a team's back end does, for `auth: { getToken: () => server.tokenFor('ann', { expires_in_ms }) }`. Not
   * on a server with `tokens` or `authenticate` of its own.
   */
  tokenFor(userId: string, token?: Omit<TokenUser, 'user_id'>): Promise<string>
  /** Opens a link to the server, for one client whose network shall break. It closes with the server. */
  link(options?: LinkOptions): Promise<Link>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a real server on a free port of this machine, with an in-memory store unless another is given, the workspaces `demo`
 * (key `demo-key`, guests, V2's sockets) and `other` (key `other-key`), and limits that a test does not reach. In `demo` customers
 * may meet anybody, in `other` only whom they share something with, as by default. It ends with `close()`, or with the block where
 * it is declared by `await using`.
 * @example
 * const server = await startServer()
 * const client = createChatClient({ url: server.url, auth: server.authFor('ann') })
 */
export async function startServer(options: Partial<ChatServerOptions> = {}): Promise<TestServer> {
  const secret = randomBytes(32).toString('hex')
  const hasTokens = options.tokens ?? options.authenticate ?? options.workspaces?.find(({ tokens }) => tokens)
  const server = await createChatServer({
    store: options.store ?? (await embeddedStore({ path: ':memory:' })),
    port: 0,
    host: '127.0.0.1',
    workspaces: testWorkspaces,
    v2: { workspace: 'demo' },
    ...(!hasTokens && { tokens: { secrets: [secret] } }),
    ...options,
    limits: { ...raisedLimits, ...options.limits },
  })
  const workspaces = options.workspaces ?? testWorkspaces
  const [clock, releaseClock] = useClock()
  const links: Link[] = []
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await Promise.all([server.close(), ...links.map((link) => link.close())])
    releaseClock()
  }

  return Object.assign(Object.create(server) as ChatServer, {
    clock,
    authFor: (user_id: string, identity: TestIdentity = {}) => authOf(workspaces, user_id, identity),
    tokenFor(user_id: string, token: Omit<TokenUser, 'user_id'> = {}) {
      if (hasTokens)
        throw new TypeError('tokenFor: this server has tokens of its own: sign them as it expects')
      const workspace_id = workspaces[0]?.id
      return signUserTokenAt(
        clock.now(),
        { ...(workspace_id !== undefined && { workspace_id }), ...token, user_id },
        { secret },
      )
    },
    async link(linkOptions?: LinkOptions) {
      const link = await openLink(server.url, linkOptions)
      links.push(link)
      return link
    },
    close() {
      closing ??= close()
      return closing
    },
    [Symbol.asyncDispose]() {
      return this.close()
    },
  })
}

function authOf(
  workspaces: readonly WorkspaceOptions[],
  user_id: string,
  { workspace_id = workspaces[0]?.id ?? '', ...identity }: TestIdentity,
): TestAuth {
  const keys = workspaces.find(({ id }) => id === workspace_id)?.keys ?? []
  const key = keys.map((one) => (typeof one === 'string' ? { key: one, kinds: ['server'] } : one))
  const server = key.find(({ kinds }) => (kinds as readonly string[]).includes('server'))
  if (!server) throw new TypeError(`authFor: the workspace "${workspace_id}" has no server key`)
  return { ...identity, workspace_id, api_key: server.key, user_id }
}
