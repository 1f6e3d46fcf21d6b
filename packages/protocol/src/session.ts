import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Failure } from './errors.ts'
import { Counts, DeviceId, Id, StoredId, Time } from './fields.ts'
import { limits } from './limits.ts'
import { protocolVersion } from './version.ts'

export { protocolVersion }

export const Role = z.enum(['customer', 'agent', 'admin'])
export type Role = z.infer<typeof Role>

/**
 * What a client sends as socket.io's `auth`: a `token`, `guest`, or a server key as `{api_key, user_id}`. Beside a key, no
 * `workspace_id` means the server's workspace for V2 clients.
 */
export const Handshake = z.object({
  protocol: z.optional(z.unknown()),
  token: z.optional(z.string()),
  /** Somebody who has not logged in. */
  guest: z.optional(z.literal(true)),
  /** What a guest got in the last `hello`; beside a `token` the guest becomes its user. */
  guest_token: z.optional(z.string().check(z.maxLength(2_048))),
  workspace_id: z.optional(StoredId),
  api_key: z.optional(StoredId),
  user_id: z.optional(z.union([Id, z.int()])),
  /** A name never keeps anybody out: anything is taken, and cleaned. */
  name: z.optional(z.unknown()),
  role: z.optional(Role),
  /** Whether a program speaks, and not somebody for whom it connects. Only beside a server key. */
  is_program: z.optional(z.boolean()),
  device_id: z.optional(DeviceId),
})
export type Handshake = z.infer<typeof Handshake>

/** Who is connected. What a request may do depends on this, never on its payload. */
export interface Session {
  readonly workspace_id: string
  readonly user_id: string
  readonly role: Role
  readonly name: string | null
  /** One per tab. A V2 socket uses its socket id. */
  readonly device_id: string
  /** Whether the server made up the user id for somebody who has not logged in. */
  readonly is_guest: boolean
  /** The ids under which things are this user's own: `user_id` first, then those of the guests who became this user. */
  readonly user_ids: readonly string[]
  /** The names of open rooms that the session may use, as patterns with `*` at the end only; null for all rooms. */
  readonly rooms: readonly string[] | null
}

/** Who a connection is, and what it may use. */
export const Hello = z.object({
  protocol: z.literal(protocolVersion),
  features: z.array(z.string()),
  workspace_id: StoredId,
  user_id: StoredId,
  role: Role,
  name: z.nullable(StoredId),
  is_guest: z.boolean(),
  /** The ids of the guests who became this user: what is theirs is the user's own. */
  guest_ids: z.array(Id),
  /** With it a guest comes back as the same, for 90 days. */
  guest_token: z.optional(z.string()),
  /** The requests that the session may use. Whether it may use one on a certain thing, the answer says. */
  can: z.array(z.string()),
  /** When the token expires; null for other ways in. */
  expires_at: z.nullable(Time),
  server_time: Time,
  limits: Counts,
})
export type Hello = z.infer<typeof Hello>

const Token = z
  .string()
  .check(z.maxLength(limits.token_bytes), z.regex(/^[!-~]+$/, 'expected a token without blanks'))

export const sessionRequests = {
  /** Extends the connection with a newer token of the same user, and takes over its role, name and rooms. */
  renew_token: {
    payload: z.object({ token: Token }),
    data: Hello,
  },
  /** Ends a user's sessions: tokens and guest tokens that were issued before now, or before a time, are refused. */
  revoke_sessions: {
    payload: z.object({ user_id: Id, issued_before: z.optional(Time) }),
    data: z.object({ user_id: Id, revoked_before: Time }),
  },
} as const satisfies RequestDefs
export type SessionRequests = typeof sessionRequests

export const sessionPushes = {
  /** The first push to a socket of the current dialect; arrives before its `connect`. */
  hello: Hello,
  /** The token expires soon: renew it with `renew_token`, or the connection ends. */
  token_expiring: z.object({ expires_at: Time }),
  /** A request that asked for no acknowledgement failed. */
  error_response: Failure,
} as const satisfies PushDefs
export type SessionPushes = typeof sessionPushes
