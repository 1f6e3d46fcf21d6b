import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Cid, Count, Id, ListLimit, Name, Time } from './fields.ts'
import { limits } from './limits.ts'

/** `page`: for V2's pages, in their payloads alone. `server`: for programs on a team's own machines, in handshakes alone. */
export const KeyKind = z.enum(['page', 'server'])
export type KeyKind = z.infer<typeof KeyKind>

/** What a server key may do beside chatting. Nobody else may do these things. */
export const KeyScope = z.enum(['keys', 'revoke', 'audit', 'export', 'erase', 'webhooks'])
export type KeyScope = z.infer<typeof KeyScope>

/** An API key without its secret. */
export const Key = z.object({
  _id: Id,
  kind: KeyKind,
  name: z.nullable(Name),
  /** How its secret begins, to recognize it by. */
  prefix: z.string(),
  scopes: z.array(KeyScope),
  created_at: Time,
  /** The user who created it, or a hash of that id. */
  created_by: Id,
  /** From when on it opens nothing; null: never. */
  expires_at: z.nullable(Time),
  revoked_at: z.nullable(Time),
  /** When it was last used, to the minute. */
  last_used_at: z.nullable(Time),
  /** The key whose place it takes. */
  replaces: z.nullable(Id),
})
export type Key = z.infer<typeof Key>

// As functions, so that bundlers can drop them from clients.
const scopes = () => z.array(KeyScope).check(z.maxLength(KeyScope.options.length))
const grace = () => Count.check(z.maximum(limits.key_grace_ms))

export const keyRequests = /* @__PURE__ */ (() =>
  ({
    /**
     * Creates a key. `secret` is the key itself and is answered once: a repetition has null. A key gives no scope that it
     * does not have. Page keys have no scopes.
     */
    create_key: {
      payload: z.object({
        kind: KeyKind,
        name: z.optional(z.nullable(Name)),
        scopes: z.optional(scopes()),
        expires_at: z.optional(z.nullable(Time)),
        cid: Cid,
      }),
      data: z.object({ key: Key, secret: z.nullable(z.string()) }),
      errors: ['conflict'],
    },
    /** The workspace's keys, newest first, at most `limit` (default 50); `before` is the last id that the asker has. */
    get_keys: {
      payload: z.object({ before: z.optional(Id), limit: z.optional(ListLimit) }),
      data: z.object({ keys: z.array(Key), more: z.boolean() }),
    },
    /**
     * Creates a key of the same kind, name and scopes. The old one goes on for `grace_ms` (default: a day). `conflict` if
     * the old one has expired or is revoked.
     */
    rotate_key: {
      payload: z.object({
        key_id: Id,
        grace_ms: z.optional(grace()),
        expires_at: z.optional(z.nullable(Time)),
        cid: Cid,
      }),
      data: z.object({ key: Key, secret: z.nullable(z.string()), replaced: Key }),
      errors: ['not_found', 'conflict'],
    },
    /** Revokes a key. Connections and subscriptions that it opened end within 5 s. */
    revoke_key: {
      payload: z.object({ key_id: Id }),
      data: z.object({ key: Key, revoked_now: z.boolean() }),
      errors: ['not_found'],
    },
  }) as const satisfies RequestDefs)()
export type KeyRequests = typeof keyRequests
