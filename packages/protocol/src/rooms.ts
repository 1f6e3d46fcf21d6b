import * as z from 'zod/mini'
import type { PushDefs, RequestDefs } from './define.ts'
import { Cid, Count, Id, Limit, Metadata, StoredId, Time } from './fields.ts'
import { Head } from './heads.ts'
import { joinRequests } from './joining.ts'
import { limits } from './limits.ts'
import { Message } from './messages.ts'
import { Reader } from './readers.ts'

/**
 * `open`: made by joining it, for everybody in the workspace. `members`: for its members. `direct`: for two people, who have
 * one such room. A room's kind never changes.
 */
export const RoomKind = z.enum(['open', 'members', 'direct'])
export type RoomKind = z.infer<typeof RoomKind>

/** The owner of a `members` room manages it. Both people in a `direct` room are members. */
export const RoomRole = z.enum(['owner', 'member'])
export type RoomRole = z.infer<typeof RoomRole>

/** What is known of a room. The server keeps nothing but messages of an open one, so most of its fields are null. */
export const Room = z.object({
  /** The name to join it by. The server names `members` and `direct` rooms: `~<uuid>`. */
  _id: StoredId,
  kind: RoomKind,
  title: z.nullable(StoredId),
  metadata: Metadata,
  /** The `user_id` of its owner; only `members` rooms have one. */
  owner: z.nullable(StoredId),
  member_count: z.nullable(Count),
  created_at: z.nullable(Time),
  /** A closed room can no longer be joined, read or written to. */
  closed_at: z.nullable(Time),
  /** How long a member waits from one message to the next; null where they need not. Owner and admins never do. */
  slow_mode_ms: z.nullable(Count),
  /** Rises with every change. */
  version: Count,
})
export type Room = z.infer<typeof Room>

export const RoomMember = z.object({
  user_id: StoredId,
  role: RoomRole,
  joined_at: Time,
  /** Until when they may not write; null where they may. */
  muted_until: z.nullable(Time),
})
export type RoomMember = z.infer<typeof RoomMember>

/**
 * A room in somebody's list: the room, how far its messages go, and what it is to the one whose list it is.
 */
export const ListedRoom = z.extend(Room, {
  /** Where its messages end. */
  head: Head,
  /** The last message; null where there is none. */
  last: z.nullable(Message),
  /** When it was last active: its last message, or its making. */
  active_at: Time,
  /** The two people of a direct room, who may both be needed to name it; null for others. */
  peers: z.nullable(z.array(StoredId)),
  reader: Reader,
})
export type ListedRoom = z.infer<typeof ListedRoom>

/** Where a room's messages end now. */
export const RoomActivity = z.object({ room: StoredId, head: Head, last: z.nullable(Message) })
export type RoomActivity = z.infer<typeof RoomActivity>

/** Lets whoever has it become a member of a room. */
export const Invite = z.object({
  /** Pass it to `accept_invite`. */
  invite: StoredId,
  room: StoredId,
  expires_at: Time,
  /** How many more people can accept it. */
  uses_left: Count,
})
export type Invite = z.infer<typeof Invite>

/** What has become of a user in a room; all but the id is null for one who is no longer a member. */
export const MemberChange = z.object({
  user_id: StoredId,
  role: z.nullable(RoomRole),
  joined_at: z.nullable(Time),
  muted_until: z.nullable(Time),
})
export type MemberChange = z.infer<typeof MemberChange>

const Users = z.array(Id).check(z.maxLength(limits.room_members_at_once))
const SomeUsers = Users.check(z.minLength(1))
const days = 86_400_000

export const roomRequests = {
  ...joinRequests,
  /**
   * Makes a `members` room, which its creator owns, or a `direct` room with the one other user in `members`. Two people who
   * have a direct room already get that one.
   */
  create_room: {
    payload: z.object({
      kind: z.enum(['members', 'direct']),
      title: z.optional(z.nullable(Id)),
      metadata: z.optional(Metadata),
      members: Users,
      cid: Cid,
    }),
    data: Room,
    errors: ['conflict', 'limit_reached'],
  },
  /** A room, the session's role in it, and the names of the requests that the session may send for it. */
  get_room: {
    payload: z.object({ room: Id }),
    data: z.object({ room: Room, role: z.nullable(RoomRole), can: z.array(z.string()) }),
    errors: ['not_found'],
  },
  /** The members, by user id. `after` is the last user id known. */
  get_room_members: {
    payload: z.object({ room: Id, after: z.optional(Id), limit: z.optional(Limit) }),
    data: z.object({ members: z.array(RoomMember), more: z.boolean() }),
    errors: ['not_found'],
  },
  /**
   * The session's user's list: the `members` and `direct` rooms that they are in, and the open rooms that they have joined or
   * written to; pinned ones first, then by last activity. `before` is the last one known. Without `is_archived` those that are
   * not archived. Their `room_activity` is sent to the session's connection from then on.
   */
  get_rooms: {
    payload: z.object({
      before: z.optional(Id),
      limit: z.optional(z.int().check(z.minimum(1), z.maximum(limits.rooms))),
      is_archived: z.optional(z.boolean()),
    }),
    data: z.object({ rooms: z.array(ListedRoom), more: z.boolean() }),
  },
  /** How the session's user keeps a room in their list: what is left out stays. Only a room of the list has this. */
  keep_room: {
    payload: z.object({
      room: Id,
      is_muted: z.optional(z.boolean()),
      is_pinned: z.optional(z.boolean()),
      is_archived: z.optional(z.boolean()),
    }),
    data: Reader,
    errors: ['not_found', 'limit_reached'],
  },
  /**
   * Unread messages and mentions of all rooms of the list together, but for muted and archived ones. It looks at the 100 that
   * were last active; `more` says that there are others.
   */
  get_unread: {
    payload: z.object({}),
    data: z.object({ unread: Count, mentions: Count, rooms: Count, more: z.boolean() }),
  },
  /** Changes what is named: by the owner of a `members` room, an admin, or either person in a `direct` one. */
  update_room: {
    payload: z.object({
      room: Id,
      title: z.optional(z.nullable(Id)),
      metadata: z.optional(Metadata),
      /** By the owner of a `members` room or an admin; 0 ends it. */
      slow_mode_ms: z.optional(z.int().check(z.minimum(0), z.maximum(days))),
    }),
    data: Room,
    errors: ['not_found'],
  },
  /** By the owner of a `members` room or an admin: the member may not write for a time; 0 ends that. Leaving does not. */
  mute_member: {
    payload: z.object({ room: Id, user_id: Id, for_ms: z.int().check(z.minimum(0), z.maximum(365 * days)) }),
    data: RoomMember,
    errors: ['not_found', 'limit_reached'],
  },
  /** By the owner of a `members` room or an admin. Adding a member again changes nothing. */
  add_members: {
    payload: z.object({ room: Id, members: SomeUsers }),
    data: Room,
    errors: ['not_found', 'limit_reached'],
  },
  /** By the owner of a `members` room or an admin. Whoever is removed stops receiving at once. */
  remove_members: {
    payload: z.object({ room: Id, members: SomeUsers }),
    data: Room,
    errors: ['not_found'],
  },
  /** Takes an open room off the user's list, or ends their membership of a `members` room. An owner who leaves hands it to its oldest member; the last one closes it. */
  leave_room: {
    payload: z.object({ room: Id }),
    data: z.object({ room: Id }),
    errors: ['not_found'],
  },
  /** By the owner of a `members` room or an admin. An open room, by an admin: ends all subscriptions and keeps the messages. */
  close_room: {
    payload: z.object({ room: Id }),
    data: Room,
    errors: ['not_found'],
  },
  /** By the owner of a `members` room or an admin. By default for one person, within 7 days. */
  create_invite: {
    payload: z.object({
      room: Id,
      expires_in_ms: z.optional(z.int().check(z.minimum(1_000), z.maximum(30 * days))),
      uses: z.optional(z.int().check(z.minimum(1), z.maximum(limits.room_members))),
      cid: Cid,
    }),
    data: Invite,
    errors: ['not_found', 'conflict', 'limit_reached'],
  },
  /** Makes the session's user a member of the invite's room. An invite that is unknown, expired, used up or from before the user was removed is `not_found`. */
  accept_invite: {
    payload: z.object({ invite: Id }),
    data: Room,
    errors: ['not_found', 'limit_reached'],
  },
} as const satisfies RequestDefs
export type RoomRequests = typeof roomRequests

export const roomPushes = {
  /** A room was created, changed, closed or has other members. Sent to its members. */
  room_updated: z.object({ data: Room }),
  /** Users became members of a room, are no longer, or were muted. Sent to its members, and to those who were removed. */
  member_changed: z.object({ room: StoredId, changes: z.array(MemberChange), version: Count }),
  /** New messages of rooms that the connection has in its list, at most once a second. */
  room_activity: z.object({ rooms: z.array(RoomActivity) }),
} as const satisfies PushDefs
export type RoomPushes = typeof roomPushes

/** Names of rooms with members begin with this; joining or writing never makes a room of such a name. */
export const memberRoomPrefix = '~'

/** Whether a name is that of a `members` or `direct` room. */
export function hasMembers(room: string): boolean {
  return room.startsWith(memberRoomPrefix)
}
