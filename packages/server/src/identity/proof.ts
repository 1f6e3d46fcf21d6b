import { cleanName, Id, limits } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { RequestError, StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { within } from '../queues/within.ts'
import { dateNow } from '../time.ts'
import { type Identity, leewayMs, plainSession } from './identity.ts'
import { identityFields, pictureOf, UserId } from './token-claims.ts'
import { type TokenOwner, Tokens } from './tokens.ts'

const Moment = z.optional(z.nullable(z.union([z.date(), z.number()])))

const ProvedUser = z.object({
  workspace_id: Id,
  user_id: UserId,
  ...identityFields,
  issued_at: Moment,
  expires_at: Moment,
})

/** Somebody whom a team's own `authenticate` lets in. */
export interface ProvedUser {
  readonly workspace_id: string
  readonly user_id: string
  /** Default: `customer`. */
  readonly role?: 'customer' | 'agent' | 'admin' | undefined
  readonly name?: string | null | undefined
  readonly picture?: string | null | undefined
  /** The open rooms that the user may use, such as `['orders-*']`. Default: all. */
  readonly rooms?: readonly string[] | undefined
  /** When the proof was made, in milliseconds since 1970; ending the user's sessions refuses what is older. Default: now. */
  readonly issued_at?: Date | number | null | undefined
  /** When the connection ends unless it is renewed. Default: never. */
  readonly expires_at?: Date | number | null | undefined
}

/** Decides who a handshake with a `token` is from; null refuses it. Has two seconds. */
export type AuthenticateUser = (
  auth: Readonly<Record<string, unknown>>,
) => ProvedUser | null | Promise<ProvedUser | null>

export interface ProofOptions {
  readonly owners: readonly TokenOwner[]
  readonly authenticate: AuthenticateUser | undefined
  readonly workspaces: readonly string[]
  readonly logger: Logger
}

/** What proves an identity with a `token`. Fails with `unauthenticated` or `unavailable`. */
export type Prove = (auth: TokenAuth, device_id: string) => Promise<Identity>

/** A handshake's `auth`, or what takes its place when a token is renewed. */
export interface TokenAuth {
  readonly token: string
  readonly workspace_id?: string | undefined
}

const hookMs = 2_000

/** The one way in for tokens: the team's own function, or our verification. @throws StartError */
export async function createProve({
  owners,
  authenticate,
  workspaces,
  logger,
}: ProofOptions): Promise<Prove> {
  if (authenticate && owners.length > 0)
    throw new StartError('`authenticate` takes the place of `tokens`: give only one of the two')
  if (authenticate) return proveBy(authenticate, new Set(workspaces), logger)
  const tokens = await Tokens.open(owners, workspaces, logger)
  return async ({ token, workspace_id: claimed }, device_id) => {
    const { workspace_id, claims } = await tokens.verify(token)
    const { sub, iat, exp, role, name, picture, rooms } = claims
    if (claimed !== undefined && claimed !== workspace_id) throw notValid()
    const [issued_at, expires_at] = [iat * 1_000, exp * 1_000]
    return identityOf(
      { workspace_id, user_id: sub, role, name, picture, rooms, issued_at, expires_at },
      device_id,
    )
  }
}

function proveBy(authenticate: AuthenticateUser, workspaces: ReadonlySet<string>, logger: Logger): Prove {
  return async (auth, device_id) => {
    if (auth.token.length > limits.token_bytes) throw notValid()
    const answer = await inTime(() => authenticate({ ...auth }), logger)
    if (answer === null) throw notValid()
    const parsed = z.safeParse(ProvedUser, answer)
    if (!parsed.success || !workspaces.has(parsed.data.workspace_id)) {
      // Only where it is wrong: the answer may have secrets in it.
      const problem = parsed.error?.issues.map(({ path }) => path.join('.')) ?? ['workspace_id']
      logger.error({ problem }, 'authenticate answered something that is no user of a workspace')
      throw new RequestError('unavailable', 'Who you are cannot be checked now. Try again.')
    }
    const { issued_at, expires_at, ...user } = parsed.data
    const until = expires_at === undefined || expires_at === null ? null : Number(expires_at)
    if (until !== null && until + leewayMs <= dateNow()) throw notValid()
    return identityOf({ ...user, issued_at: Number(issued_at ?? dateNow()), expires_at: until }, device_id)
  }
}

/** What the function answers; `unavailable` where it fails or takes longer than it may. */
async function inTime<T>(ask: () => T | Promise<T>, logger: Logger): Promise<T> {
  try {
    const done = await within(hookMs, Promise.resolve().then(ask))
    if (!done) throw new Error(`no answer in ${hookMs} ms`)
    return done.answer
  } catch (error) {
    if (error instanceof RequestError) throw error
    logger.error({ error }, 'authenticate failed')
    throw new RequestError('unavailable', 'Who you are cannot be checked now. Try again.')
  }
}

interface Proved extends z.infer<z.ZodMiniObject<Omit<typeof ProvedUser.shape, 'issued_at' | 'expires_at'>>> {
  readonly issued_at: number
  readonly expires_at: number | null
}

function identityOf(
  { workspace_id, user_id, role = 'customer', name, picture, rooms, issued_at, expires_at }: Proved,
  device_id: string,
): Identity {
  const session = plainSession({ workspace_id, user_id, role, name: cleanName(name), device_id })
  return {
    session: { ...session, rooms: rooms ?? null },
    credential: { kind: 'token', issued_at, expires_at },
    picture: pictureOf(picture),
  }
}

function notValid(): RequestError {
  return new RequestError('unauthenticated', 'The token is not valid')
}
