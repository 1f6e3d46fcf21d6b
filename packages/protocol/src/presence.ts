import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Count, Id, StoredId, StoredStreamName, StreamName, Time } from './fields.ts'
import { limits } from './limits.ts'

/** `away`: connected, but has said so. `offline`: on no device, or wants to look so. */
export const Availability = z.enum(['online', 'away', 'offline'])
export type Availability = z.infer<typeof Availability>

/** Whether somebody is there. Several devices are one person. */
export const Presence = z.object({
  user_id: StoredId,
  availability: Availability,
  /** What they say of themselves, such as "Back at 3". */
  status_text: z.nullable(z.string()),
  /** When they were connected last; null while they are, and of those who keep it to themselves. */
  last_seen_at: z.nullable(Time),
})
export type Presence = z.infer<typeof Presence>

/** Who is in a room: has joined it on some device. */
export const RoomPresence = z.object({
  room: StoredId,
  /** How many people. */
  count: Count,
  /** Some of them, at most 50. */
  user_ids: z.array(StoredId),
})
export type RoomPresence = z.infer<typeof RoomPresence>

/** What a person keeps to themselves. */
export const Preferences = z.object({
  /** Whether others learn how far they have read. Who switches it off does not learn it of others. */
  sends_receipts: z.boolean(),
  /** Whether others learn whether they are there. Who switches it off does not learn it of others. */
  shows_presence: z.boolean(),
})
export type Preferences = z.infer<typeof Preferences>

export const presenceRequests = {
  /**
   * Says that the session's user writes something in a stream that the connection has joined, or has stopped. Repeat it every
   * 3 seconds; it is not stored and may be lost.
   */
  typing: {
    payload: z.object({ stream: StreamName, is_typing: z.boolean() }),
    data: z.object({}),
    errors: ['not_found'],
  },
  /**
   * How the session's user wants to be shown: `away` or `offline` while they are connected, `online` ends that. What is left
   * out stays; a status text of null removes it.
   */
  set_presence: {
    payload: z.object({
      availability: z.optional(Availability),
      status_text: z.optional(z.nullable(Id.check(z.maxLength(limits.status_length)))),
    }),
    data: Presence,
  },
  /** Whether users are there, in the order asked for; those whom the session may not see are left out. Their `presence_changed` is sent to the connection from then on. */
  get_presence: {
    payload: z.object({ user_ids: z.array(Id).check(z.minLength(1), z.maxLength(limits.users)) }),
    data: z.object({ presences: z.array(Presence) }),
  },
  /** Who is in a room that the connection has joined. Its `room_presence` is sent to the connection from then on. */
  get_room_presence: {
    payload: z.object({ room: Id }),
    data: RoomPresence,
    errors: ['not_found'],
  },
  get_preferences: { payload: z.object({}), data: Preferences },
  /** Changes what is named. */
  set_preferences: {
    payload: z.object({ sends_receipts: z.optional(z.boolean()), shows_presence: z.optional(z.boolean()) }),
    data: Preferences,
  },
} as const satisfies RequestDefs
export type PresenceRequests = typeof presenceRequests

export const presencePushes = {
  /** Somebody writes in a stream that the connection has joined, or has stopped. It expires after 6 seconds. */
  typing: z.object({
    stream: StoredStreamName,
    user_id: StoredId,
    display_name: z.nullable(StoredId),
    is_typing: z.boolean(),
  }),
  /** Whether users are there has changed; of those whom the connection has asked for, at most once a second. */
  presence_changed: z.object({ presences: z.array(Presence) }),
  /** Other people are in a room for which the connection has asked; at most once a second. */
  room_presence: z.object({ data: RoomPresence }),
} as const satisfies PushDefs
export type PresencePushes = typeof presencePushes
