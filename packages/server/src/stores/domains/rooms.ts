import type { Invite, MemberChange, Room, RoomMember, RoomRole } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewRoom extends ClientMade, Pick<Room, 'title' | 'metadata'> {
  readonly workspace_id: string
  readonly kind: 'members' | 'direct'
  /** Who makes it: the owner of a `members` room. */
  readonly user_id: string
  /** The other members; one of a `direct` room. */
  readonly members: readonly string[]
  /** How many rooms the user may have made, closed ones too. */
  readonly most_of_user?: number
  /** How many rooms the workspace may have. */
  readonly most?: number
}

export interface NewInvite extends ClientMade {
  readonly created_by: string
  readonly expires_at: string
  readonly uses: number
}

/** Who changes a room, under each of their ids. An admin may change every `members` room. */
export interface RoomActor {
  readonly user_ids: readonly string[]
  readonly is_admin: boolean
}

export type RoomChange = { readonly by: RoomActor } & (
  | ({ readonly type: 'update' } & Partial<Pick<Room, 'title' | 'metadata' | 'slow_mode_ms'>>)
  /** Null ends it. */
  | { readonly type: 'mute'; readonly user_id: string; readonly until: string | null }
  | { readonly type: 'add' | 'remove'; readonly user_ids: readonly string[] }
  | { readonly type: 'leave' | 'close' }
  /** A cid is unique per room and creator. */
  | { readonly type: 'invite'; readonly invite: NewInvite }
  | { readonly type: 'accept'; readonly invite: string }
)

/** The room as it is now. Refused with `not_found` if there is no such room, or if whoever asks may not know of it. */
export type RoomOutcome =
  | {
      readonly changed: boolean
      readonly room: Room
      /** Those who were added, removed, muted or not any more, or have another role. */
      readonly changes: readonly MemberChange[]
      readonly member_ids: readonly string[]
      /** The invite that was asked for. */
      readonly invite?: Invite
      /** Who was muted, or not any more. */
      readonly member?: RoomMember
    }
  | { readonly refused: 'not_found' | 'forbidden' | 'conflict' | 'limit_reached'; readonly why: string }

/** What somebody is in a room. `peers`: the two people of a direct room. */
export interface Membership {
  readonly room: Room
  readonly role: RoomRole
  readonly peers: readonly string[]
  /** Until when they may not write under one of their ids; null where they may. */
  readonly muted_until: string | null
}

export interface Memberships {
  readonly found: readonly Membership[]
  /** The rooms that one of the users is in, as far as can be told, and that cannot be read: these are reported. */
  readonly damaged: readonly string[]
}

/** A message that somebody wants to send to a room with slow mode. */
export interface SlowMessage {
  readonly room: string
  readonly user_id: string
  readonly cid: string
  /** How long they wait from one message to the next. */
  readonly every_ms: number
}

/** The rooms with members. An open room is only a stream. */
export interface RoomStore {
  /**
   * Makes a room. A cid is unique per workspace and user, a direct room per workspace and its two people: who makes it
   * again is answered the one that there is, also where there may be no more.
   */
  create(room: NewRoom): Promise<Creation<Room>>
  /** The room, closed or not. */
  get(workspaceId: string, room: string): Promise<Room | null>
  /** Null where none of the users is a member, or the room is closed. */
  membership(workspaceId: string, room: string, userIds: readonly string[]): Promise<Membership | null>
  /** As `membership`, of several rooms; those of which there is none are left out. */
  memberships(workspaceId: string, rooms: readonly string[], userIds: readonly string[]): Promise<Memberships>
  /** The members by user id, those after one; null where there is no such room. */
  members(
    workspaceId: string,
    room: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<{ members: RoomMember[]; more: boolean } | null>
  /** The user ids of all members; none of a closed or missing room. */
  memberIds(workspaceId: string, room: string): Promise<string[]>
  /** Rooms that one of the users is in, newest first. `before`: the last room that the asker has. */
  list(
    workspaceId: string,
    filter: { readonly user_ids: readonly string[]; readonly before?: string; readonly limit: number },
  ): Promise<{ rooms: Room[]; more: boolean }>
  /** Changes the room, atomically: who may is decided by what it is at that moment. */
  change(workspaceId: string, room: string, change: RoomChange): Promise<RoomOutcome>
  /**
   * Lets a member send a message, atomically, and from then on none for a time: answers 0, or how many milliseconds are left
   * of it. The message that was let through last, which its cid tells, always is.
   */
  pace(workspaceId: string, message: SlowMessage): Promise<number>
  /** Which of the others are in a room with one of the users; a driver may look at each user's newest 1,000 rooms alone. */
  shared(workspaceId: string, userIds: readonly string[], others: readonly string[]): Promise<string[]>
}
