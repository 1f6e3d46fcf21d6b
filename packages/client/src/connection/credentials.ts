import { type ChatAuth, type GetTokenAuth, type TokenAuth, workspaceOf } from './auth.ts'
import type { GuestTokens, KeptGuest } from './guest-tokens.ts'

/** What a `hello` says that credentials depend on. */
interface Greeting {
  readonly workspace_id: string
  readonly guest_token?: string
}

/** What proves who a client is. Everything secret stays in here. */
export interface Credentials {
  /** Asks for the next handshake's token while the transport opens: it may be as far away as the server. */
  readonly prepare: () => void
  /** What the next handshake carries. Rejects if there is no token. */
  readonly handshake: () => Promise<object>
  /** A token to renew the session with; undefined if there is none but the one that the session has. Rejects as `getToken` does. */
  readonly freshToken: () => Promise<string | undefined>
  /** Takes note that the server has refused the handshake. Resolves to whether one with something else may succeed. */
  readonly refused: (isKnown: boolean) => Promise<boolean>
  /** Takes note that the server has admitted the last handshake, or has renewed the session with a token. */
  readonly admitted: (hello: Greeting, token?: string) => void
  /** The role that the application asks for; undefined if a token or the server decides. */
  readonly askedRole: () => string | undefined
  /** Whether this may be the user, as far as the application has said who it is. */
  readonly isExpected: (user_id: string) => boolean
  /** The attempt to connect is over. */
  readonly release: () => void
  /** Replaces the `auth` by another one of the same user. Answers whether a secret has changed. */
  readonly update: (auth: ChatAuth) => boolean
}

export function createCredentials(auth: ChatAuth, guests: GuestTokens): Credentials {
  let current = auth
  /** The token of the last handshake or renewal. */
  let usedToken: string | undefined
  /** The guest of the last handshake, if it had a kept one. */
  let usedGuest: KeptGuest | undefined
  /** The last token of `getToken` was refused, and another one is tried. */
  let isRefused = false
  /** What the last handshake had. */
  let usedSecret: string | undefined
  /** A token for the attempt that is under way. */
  let prepared: Promise<string> | undefined

  function release(): void {
    prepared = undefined
    guests.release()
  }

  async function handshake(): Promise<object> {
    usedSecret = secretOf(current)
    if ('guest' in current) {
      const { workspace_id, name } = current
      const guest_token = await guests.enter(workspace_id)
      usedGuest = guest_token === undefined ? undefined : { workspace_id, guest_token }
      return { guest: true, workspace_id, name, guest_token }
    }
    if (isOfTokens(current)) {
      const { workspace_id } = current
      const token = prepared ?? tokenOf(current)
      prepared = undefined
      usedToken = await token
      usedGuest = await guests.find(workspaceOf(current))
      return { token: usedToken, workspace_id, guest_token: usedGuest?.guest_token }
    }
    return current
  }

  return {
    prepare() {
      if (!('getToken' in current)) return
      prepared = tokenOf(current)
      // The handshake says why there is none.
      prepared.catch(() => undefined)
    },
    handshake,
    async freshToken() {
      if (!isOfTokens(current)) return undefined
      const token = await tokenOf(current)
      return token === usedToken && 'token' in current ? undefined : token
    },
    async refused(isKnown) {
      // Replaced while that was under way.
      if (secretOf(current) !== usedSecret) return true
      if ('guest' in current) {
        if (!usedGuest) return false
        await guests.drop(usedGuest.workspace_id)
        // Somebody who has been this guest does not become another one.
        return !isKnown
      }
      isRefused = 'getToken' in current && !isRefused
      return isRefused
    },
    admitted({ workspace_id, guest_token }, token = usedToken) {
      isRefused = false
      usedToken = token
      const kept =
        'guest' in current
          ? guest_token !== undefined && guests.keep({ workspace_id, guest_token })
          : // The guest is the user from now on, or somebody else's; another workspace has not looked at it.
            usedGuest?.workspace_id === workspace_id && guests.drop(workspace_id)
      usedGuest = undefined
      void Promise.resolve(kept).then(release)
    },
    askedRole: () => ('role' in current ? current.role : undefined),
    isExpected: (user_id) => !('getToken' in current) || (current.user_id ?? user_id) === user_id,
    release,
    update(next) {
      const before = current
      current = next
      // Another function is mostly the same one, made anew: what it was asked for is on its way.
      if (!('getToken' in next)) prepared = undefined
      return secretOf(next) !== secretOf(before)
    },
  }
}

function isOfTokens(auth: ChatAuth): auth is TokenAuth | GetTokenAuth {
  return 'token' in auth || 'getToken' in auth
}

async function tokenOf(auth: TokenAuth | GetTokenAuth): Promise<string> {
  const token: unknown = 'token' in auth ? auth.token : await auth.getToken()
  if (typeof token !== 'string' || token === '') throw new TypeError('The token is not a text')
  return token
}

/** What a change of makes another attempt worthwhile. Functions are often made anew at each render. */
function secretOf(auth: ChatAuth): string | undefined {
  if ('token' in auth) return auth.token
  return 'api_key' in auth ? auth.api_key : undefined
}
