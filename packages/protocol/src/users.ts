import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Id, Metadata, Name, Picture, StoredId, Time } from './fields.ts'
import { limits } from './limits.ts'

/** What a workspace knows of somebody who has connected with an identity of their own. Guests have none. */
export const User = z.object({
  _id: Id,
  /** The id that they connect under. */
  user_id: StoredId,
  name: z.nullable(Name),
  picture: z.nullable(Picture),
  metadata: Metadata,
  created_at: Time,
  /** When they were connected last, to the minute; null of those who keep it to themselves. */
  last_seen_at: z.nullable(Time),
  /** Whether it is a program: its last connection said so. Left out of people. */
  is_program: z.optional(z.boolean()),
})
export type User = z.infer<typeof User>

/** Somebody whom the session's user has blocked. */
export const BlockedUser = z.object({ user_id: StoredId, blocked_at: Time })
export type BlockedUser = z.infer<typeof BlockedUser>

const UserLimit = z.int().check(z.minimum(1), z.maximum(limits.users))

export const userRequests = {
  /**
   * Users by their ids, in the order asked for, or those whose name (without one: whose id) begins with a text, in the
   * order of their names. Ids that are unknown, or that the session may not see, are left out. With `more` the answer is
   * full: ask again for the ids that come after the last one answered, or `before` that user's id.
   */
  get_users: {
    payload: z
      .object({
        user_ids: z.optional(z.array(Id).check(z.minLength(1), z.maxLength(limits.users))),
        text: z.optional(Id),
        before: z.optional(Id),
        limit: z.optional(UserLimit),
      })
      .check(
        z.refine(
          ({ user_ids, text }) => (user_ids === undefined) !== (text === undefined),
          'expected either user_ids or text',
        ),
      ),
    data: z.object({ users: z.array(User), more: z.boolean() }),
  },
  /** Changes what others see of the session's user; what is left out stays, null removes. `metadata` replaces all of it. */
  update_me: {
    payload: z.object({
      name: z.optional(z.nullable(Id)),
      picture: z.optional(z.nullable(Picture)),
      metadata: z.optional(Metadata),
    }),
    data: User,
  },
  /**
   * Blocks somebody: their calls and direct messages, their typing and their invitations to rooms reach the session's user no
   * more. Blocking twice changes nothing.
   */
  block_user: {
    payload: z.object({ user_id: Id }),
    data: BlockedUser,
  },
  /** Undoes `block_user`; succeeds also for somebody who is not blocked. */
  unblock_user: {
    payload: z.object({ user_id: Id }),
    data: z.object({ user_id: StoredId }),
  },
  /** Whom the session's user has blocked, the last one first. `before` is the user id of the last one known. */
  get_blocked_users: {
    payload: z.object({ before: z.optional(Id), limit: z.optional(UserLimit) }),
    data: z.object({ blocked_users: z.array(BlockedUser), more: z.boolean() }),
  },
} as const satisfies RequestDefs
export type UserRequests = typeof userRequests

export const userPushes = {
  /** A user has changed what others see. Sent to the user's own devices, and to those who have asked for the user. */
  user_updated: z.object({ data: User }),
  /** The user has blocked somebody, or unblocked them. Sent to the user's own devices. */
  block_changed: z.object({ blocked_by: StoredId, user_id: StoredId, is_blocked: z.boolean() }),
} as const satisfies PushDefs
export type UserPushes = typeof userPushes
