import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Count, Id, ListLimit, Time } from './fields.ts'

/** Who did what to what, from where, with which result. It has no text, no credentials and no signal. */
export const AuditEntry = z.object({
  _id: Id,
  at: Time,
  /**
   * The request's name; `set_member` or `remove_member` for each user that it concerned, `assign_ticket` for what the line
   * does, `handshake` or `page_key` for wrong credentials.
   */
  act: z.string(),
  /**
   * The user id, or a hash of it once that user is erased; null for what is counted by address: refused handshakes, and what guests are refused. Commands of the executable are by
   * `dowellchat-server`.
   */
  by: z.nullable(Id),
  /** The key with which the connection was opened. */
  key_id: z.nullable(Id),
  /** From where: an address, or the network (/64) of IPv6 addresses that are counted together. Removed after 30 days. */
  address: z.nullable(z.string()),
  /** The id or name of what it was done to. */
  object: z.nullable(Id),
  /** The user whom it concerns, or a hash of that id. */
  user_id: z.nullable(Id),
  /** `ok`, or the code of the error. */
  result: z.string(),
  /** How many times within a minute, for what is refused; else 1. */
  count: Count,
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const auditRequests = /* @__PURE__ */ (() =>
  ({
    /** The audit trail, newest first, at most `limit` (default 50); `before` is the last id that the asker has. */
    get_audit: {
      payload: z.object({ before: z.optional(Id), limit: z.optional(ListLimit) }),
      data: z.object({ entries: z.array(AuditEntry), more: z.boolean() }),
    },
  }) as const satisfies RequestDefs)()
export type AuditRequests = typeof auditRequests
