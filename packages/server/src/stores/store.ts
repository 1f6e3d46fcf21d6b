import type {
  AuditEntry,
  CallDevice,
  CallEvent,
  CallStatus,
  Invite,
  Key,
  LineManager,
  MemberChange,
  Message,
  Position,
  RemovalReason,
  Room,
  RoomMember,
  RoomRole,
  Ticket,
  Topic,
  User,
} from '@dowellchat/protocol'
import type { PersonalPage, PersonalRow } from './personal-data.ts'

/**
 * Everything that the server keeps. Two rules hold for every driver:
 * a promise that resolves speaks of what is durable, and whatever two requests could race for is decided inside one
 * method. A driver that cannot tell or cannot write rejects with `StoreUnavailableError`.
 */
export interface Store {
  readonly workspaces: WorkspaceStore
  readonly streams: StreamStore
  readonly calls: CallStore
  readonly topics: TopicStore
  readonly lineManagers: LineManagerStore
  readonly tickets: TicketStore
  readonly users: UserStore
  readonly aliases: AliasStore
  readonly blocks: BlockStore
  readonly keys: KeyStore
  readonly audit: AuditStore
  readonly revocations: RevocationStore
  readonly changes: ChangeStore
  readonly personal: PersonalStore
  readonly rooms: RoomStore
  /** Whether several servers may share it: they need one pepper. */
  readonly isShared?: boolean
  close(): Promise<void>
}

/** The store cannot take this now. A write may have happened nevertheless: its retry, with the same cid, tells. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
}

/** The store cannot be opened; the message says what is wrong and what to do. */
export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

/** A row made by a client's `cid`. `fingerprint` tells a repetition from another request under the same cid. */
export interface ClientMade {
  readonly cid: string
  readonly fingerprint: string
}

/**
 * `created` is false where the cid was there already: the row is as it is now. `cid`: that cid made something else.
 * `exists`: the key is taken by a row of another cid.
 */
export type Creation<Row> =
  | { readonly created: boolean; readonly row: Row }
  | { readonly conflict: 'cid' | 'exists' }

export interface Workspace {
  readonly _id: string
  /** HMAC-SHA-256 of each server key of the configuration under the server's pepper, base64url. */
  readonly key_hashes: readonly string[]
  /** The same of its page keys. */
  readonly page_key_hashes: readonly string[]
  /** Whether it takes the payloads of V2's pages. */
  readonly v2: boolean
  /** Whether somebody without a key may come in. */
  readonly guests: boolean
  /** How many days messages are kept; null for ever. */
  readonly retention_days: number | null
  /** Whom customers may make rooms with and ring. */
  readonly customers_meet: 'anybody' | 'acquaintances'
  /** Whether customers may ring every agent and admin. */
  readonly customers_ring_agents: boolean
}

export interface WorkspaceStore {
  /** Makes the register exactly this one. A workspace that is no longer in it keeps its data; nobody can enter it. */
  replaceAll(workspaces: readonly Workspace[]): Promise<void>
  list(): Promise<Workspace[]>
}

export interface StreamKey {
  readonly workspace_id: string
  readonly stream: string
}

/** The key as one text; neither part has control characters. */
export function streamId({ workspace_id, stream }: StreamKey): string {
  return `${workspace_id}\n${stream}`
}

/** A message that has no place in its stream yet. */
export interface MessageDraft
  extends ClientMade,
    Pick<Message, 'kind' | 'message_data' | 'display_name' | 'reply_to' | 'client_created_at'> {
  readonly author: string
  /** The socket that sent it; kept for V2's frames, never part of the message's text. */
  readonly sid: string | null
  readonly ticket_id?: string
  readonly product?: string
}

/** What its place gives to a message. */
export type Placed = Pick<Message, '_id' | 'seq' | 'nth' | 'created_at'>

/** `text` is the message's JSON, made once. `created` is false for a repeated cid: nothing was appended. */
export type Appended =
  | { readonly created: boolean; readonly placed: Placed; readonly text: string }
  | { readonly conflict: 'cid' }

/** Which part of a stream: its newest messages, those before the `before`th, or the entries after a position. */
export type PageRange =
  | { readonly newest: number }
  | { readonly before: number; readonly limit: number }
  | { readonly after: Position; readonly limit: number }

/** An entry as it is kept: its JSON, and the socket that sent it, which only V2's frames name. */
export interface StoredEntry {
  readonly text: string
  readonly sid: string | null
}

/** A protocol `Page` as JSON. */
export interface StoredPage {
  readonly text: string
  /** The `seq` of the page's `head`. */
  readonly head: number
}

/** Which messages of a stream to remove, and why. */
export interface Removal {
  /** Their seqs, at most `limits.removed_messages`. What is there no more, or is no message, is left out. */
  readonly targets: readonly number[]
  readonly reason: RemovalReason
}

/** The seqs of the messages of which a call has removed something, and the seq of the stream's last entry by then. */
export interface Removed {
  readonly removed: readonly number[]
  readonly head: number
}

/** How many entries were removed, and where to go on; `next` is null where nothing is left to look at. */
export interface Pruned {
  readonly removed: number
  readonly next: string | null
}

export interface StreamStore {
  /**
   * Appends in the order given, at head + 1 each, making the log if it is new. One answer per draft, in their order.
   * A cid is unique per stream and author.
   */
  append(key: StreamKey, drafts: readonly MessageDraft[]): Promise<{ epoch: string; appended: Appended[] }>
  /** Makes the log if it is new. */
  open(key: StreamKey): Promise<void>
  /** Whether the author has used this cid in the stream. */
  has(key: StreamKey, author: string, cid: string): Promise<boolean>
  /** The seq of the last entry; 0 where there is none. */
  head(key: StreamKey): Promise<number>
  /** The entries that follow a seq, in order, as many as fit a page; for nodes that did not append them. */
  entries(key: StreamKey, after: number): Promise<{ epoch: string; entries: StoredEntry[] }>
  /** A page within `limits.page_entries` and `limits.page_bytes`; null where there is no log. */
  page(key: StreamKey, range: PageRange): Promise<StoredPage | null>
  /**
   * Removes the oldest entries of a workspace's logs that were made before a time, a bounded part of them at a call. A log
   * keeps its epoch and counts on, its pages begin at a later `first_seq`, and the cids of what is gone are free.
   * @param from the last call's `next`; null begins
   */
  prune(workspaceId: string, before: string, from: string | null): Promise<Pruned>
  /**
   * Removes messages as the protocol's `removedMessage` does, and appends a `deletion` that names them, both or nothing:
   * nobody reads a text after a deletion that names it. Repeating it appends nothing. A message without an author has no cid
   * in the store: that of an `erased` or `damaged` message is free.
   */
  remove(key: StreamKey, removal: Removal): Promise<Removed>
  /** The newest messages, oldest first, as a JSON array; `[]` where there is no log. */
  messages(key: StreamKey, max: { entries: number; bytes: number }): Promise<string>
}

export interface Call extends CallStatus {
  readonly _id: string
  /** The address that the callee was shown as the caller's. */
  readonly from: string
  /** How many signals followed the offer. */
  readonly seq: number
  readonly created_at: string
  readonly answered_at: string | null
  readonly ended_at: string | null
}

export interface NewCall extends ClientMade {
  readonly workspace_id: string
  readonly caller: CallDevice
  readonly callee_devices: readonly CallDevice[]
  readonly from: string
}

/** `callTransition`'s answer, with the call as it was and as it is. Refused with `not_found` if there is no such call. */
export type CallChange =
  | { readonly changed: boolean; readonly before: Call; readonly call: Call }
  | { readonly refused: 'not_found' | 'conflict'; readonly why: string }

export interface CallStore {
  /**
   * A cid is unique per workspace and caller's user. With no device to ring only an earlier call of that cid is
   * answered, else null.
   */
  create(call: NewCall): Promise<Creation<Call> | null>
  /** Runs the protocol's `callTransition` on the call, atomically. */
  transition(workspaceId: string, callId: string, event: CallEvent): Promise<CallChange>
  /** The calls that the device is in, ringing or active, newest first. */
  listOpen(workspaceId: string, device: CallDevice): Promise<Call[]>
  /** Ends every open call as `lost`: after a start nobody is connected. */
  endAll(): Promise<void>
}

export interface NewTopic extends ClientMade, Pick<Topic, 'name' | 'client_created_at'> {
  readonly workspace_id: string
  readonly user_id: string
}

export interface TopicStore {
  /** A name is unique per workspace, a cid per workspace and user. */
  create(topic: NewTopic): Promise<Creation<Topic>>
  get(workspaceId: string, name: string): Promise<Topic | null>
  /** Oldest first. */
  list(workspaceId: string): Promise<Topic[]>
}

export interface NewLineManager
  extends ClientMade,
    Pick<
      LineManager,
      'user_id' | 'positions_in_a_line' | 'average_serving_time' | 'capacity' | 'client_created_at'
    > {
  readonly workspace_id: string
  /** Who makes it; its cid is unique per workspace and creator. */
  readonly created_by: string
}

export interface LineManagerStore {
  /** A `user_id` is unique per workspace. */
  create(manager: NewLineManager): Promise<Creation<LineManager>>
  /** Lowest position first, then oldest first; `ticket_count` counted. */
  list(workspaceId: string): Promise<LineManager[]>
}

export interface NewTicket
  extends ClientMade,
    Pick<Ticket, 'user_id' | 'display_name' | 'product' | 'client_created_at'> {
  readonly workspace_id: string
  /** Further ids under which the user may have used the cid before. */
  readonly earlier_ids?: readonly string[]
}

/** Who closed a ticket last, and how many times it has been closed: what the `closed` entry reports. */
export interface Closing {
  readonly by: string
  readonly count: number
}

export interface TicketFilter {
  /** Whose tickets: those of all these ids together. */
  readonly user_ids?: readonly string[]
  readonly product?: string
  /** The id of the last ticket that the asker has; one that the filter's users have not gives nothing. */
  readonly before?: string
  readonly limit: number
}

export interface TicketStore {
  /**
   * Stores a ticket and, in the same write, gives it the lowest free slot (1 … capacity) of the active line manager
   * with the fewest open tickets, then the lowest position, then the oldest. With nobody free it waits
   * (`line_manager: null`). A cid is unique per workspace and user.
   */
  create(ticket: NewTicket): Promise<Creation<Ticket>>
  /**
   * Null where there is no such ticket, or it is not one of the owners'; that is decided before anything is counted, so that
   * both take the same time.
   */
  get(workspaceId: string, ticketId: string, owners?: readonly string[]): Promise<Ticket | null>
  /** Newest first. */
  list(workspaceId: string, filter: TicketFilter): Promise<{ tickets: Ticket[]; more: boolean }>
  /** Closes once and frees the slot; null where there is no such ticket. */
  close(
    workspaceId: string,
    ticketId: string,
    by: string,
  ): Promise<{ ticket: Ticket; closing: Closing; closed_now: boolean } | null>
  /** Gives waiting tickets, oldest first, to whoever is free; answers those that were given. */
  assignWaiting(workspaceId: string): Promise<Ticket[]>
  /** The open tickets of a line manager, oldest first. */
  listOpen(workspaceId: string, lineManager: string): Promise<Ticket[]>
  /** Which of the others have a ticket with one of the users: one is its customer, the other its line manager. */
  shared(workspaceId: string, userIds: readonly string[], others: readonly string[]): Promise<string[]>
}

export interface NewRoom extends ClientMade, Pick<Room, 'title' | 'metadata'> {
  readonly workspace_id: string
  readonly kind: 'members' | 'direct'
  /** Who makes it: the owner of a `members` room. */
  readonly user_id: string
  /** The other members; one of a `direct` room. */
  readonly members: readonly string[]
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
  | ({ readonly type: 'update' } & Partial<Pick<Room, 'title' | 'metadata'>>)
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
      /** Those who were added, removed, or have another role. */
      readonly changes: readonly MemberChange[]
      readonly member_ids: readonly string[]
      /** The invite that was asked for. */
      readonly invite?: Invite
    }
  | { readonly refused: 'not_found' | 'forbidden' | 'conflict' | 'limit_reached'; readonly why: string }

/** What somebody is in a room. `peers`: the two people of a direct room. */
export interface Membership {
  readonly room: Room
  readonly role: RoomRole
  readonly peers: readonly string[]
}

/** The rooms with members. An open room is only a stream. */
export interface RoomStore {
  /**
   * Makes a room. A cid is unique per workspace and user, a direct room per workspace and its two people: who makes it
   * again is answered the one that there is.
   */
  create(room: NewRoom): Promise<Creation<Room>>
  /** The room, closed or not. */
  get(workspaceId: string, room: string): Promise<Room | null>
  /** Null where none of the users is a member, or the room is closed. */
  membership(workspaceId: string, room: string, userIds: readonly string[]): Promise<Membership | null>
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
  /** Which of the others are in a room with one of the users; a driver may look at each user's newest 1,000 rooms alone. */
  shared(workspaceId: string, userIds: readonly string[], others: readonly string[]): Promise<string[]>
}

/** Somebody who was connected, with what their credentials say of them; null where they say nothing. */
export interface UserSeen extends Pick<User, 'user_id' | 'name' | 'picture'> {
  readonly at: string
}

/** What a user changes of their own: what is left out stays, null removes. */
export type UserChange = { readonly [K in 'name' | 'picture' | 'metadata']?: User[K] | undefined }

export interface UserSearch {
  /** What the name begins with, or the id of those without a name; in any case and form. A whole id is found too. */
  readonly text: string
  /** The id of the last user that the asker has; an unknown one gives nothing. */
  readonly before?: string
  readonly limit: number
}

export interface UserStore {
  /** Keeps one row per user. A name or picture that the credentials did not say before takes the place of the present one. */
  see(workspaceId: string, seen: readonly UserSeen[]): Promise<void>
  /** Sees a user, and changes what they want changed: that lasts until their credentials say something new. */
  update(workspaceId: string, seen: UserSeen, change: UserChange): Promise<User>
  /** Those that there are, in the order of the ids. */
  get(workspaceId: string, userIds: readonly string[]): Promise<User[]>
  /** By their names. Reads no more rows than it answers. */
  search(workspaceId: string, search: UserSearch): Promise<{ users: User[]; more: boolean }>
  /** Whether there was such a user. */
  remove(workspaceId: string, userId: string): Promise<boolean>
}

/** A guest who has become a user. */
export interface Alias {
  readonly _id: string
  readonly guest_id: string
  readonly user_id: string
  readonly created_at: string
}

export interface AliasStore {
  /** Makes a guest a user, once: whoever is first decides, and everybody is answered with that. */
  create(workspaceId: string, guestId: string, userId: string): Promise<{ row: Alias; created: boolean }>
  get(workspaceId: string, guestId: string): Promise<Alias | null>
  /** The guests who became a user, newest first. */
  list(workspaceId: string, userId: string, range: ListRange): Promise<Alias[]>
  /** Removes all of a user's; answers how many. */
  removeAll(workspaceId: string, userId: string): Promise<number>
}

/** That a user has blocked another. */
export interface Block {
  readonly _id: string
  readonly user_id: string
  readonly blocked_id: string
  readonly created_at: string
}

export interface BlockStore {
  /** Blocks once; later ones are answered with the first. */
  create(workspaceId: string, userId: string, blockedId: string): Promise<{ row: Block; created: boolean }>
  get(workspaceId: string, userId: string, blockedId: string): Promise<Block | null>
  /** Those of these users who have blocked one of those. */
  blockers(workspaceId: string, userIds: readonly string[], blockedIds: readonly string[]): Promise<string[]>
  /** Newest first. */
  list(workspaceId: string, userId: string, range: ListRange): Promise<Block[]>
  /** Whether there was such a block. */
  remove(workspaceId: string, userId: string, blockedId: string): Promise<boolean>
  /** Removes all of which a user is one side; answers how many. */
  removeAll(workspaceId: string, userId: string): Promise<number>
}

export interface NewKey
  extends ClientMade,
    Pick<Key, 'kind' | 'name' | 'prefix' | 'scopes' | 'created_by' | 'expires_at'> {
  readonly workspace_id: string
  readonly hash: string
}

/** `ended`: the key has expired or is revoked. */
export type Rotation =
  | { readonly created: boolean; readonly row: Key; readonly replaced: Key }
  | { readonly conflict: 'cid' | 'exists' }
  | { readonly refused: 'missing' | 'ended' }

/** Which rows of a list, newest first. */
export interface ListRange {
  /** The id of the last row that the asker has; an unknown one gives nothing. */
  readonly before?: string
  readonly limit: number
}

export interface KeyStore {
  /** A cid is unique per workspace, and so is a hash. */
  create(key: NewKey): Promise<Creation<Key>>
  /** The key of a hash, also one that has ended. */
  find(workspaceId: string, hash: string): Promise<Key | null>
  get(workspaceId: string, keyId: string): Promise<Key | null>
  /** Newest first. */
  list(workspaceId: string, range: ListRange): Promise<{ keys: Key[]; more: boolean }>
  /**
   * Creates the successor of a key and lets the key expire, unless it expires earlier. Repeating it with the same cid
   * completes what was interrupted.
   * @param until when the key expires
   */
  rotate(workspaceId: string, keyId: string, successor: NewKey, until: string): Promise<Rotation>
  /** Revokes once; null where there is no such key. */
  revoke(workspaceId: string, keyId: string): Promise<{ key: Key; revoked_now: boolean } | null>
  /** Notes when a key was used; an earlier time than the one that is kept changes nothing. */
  used(workspaceId: string, keyId: string, at: string): Promise<void>
  /** Replaces a user's id in `created_by`, in a bounded number of rows at a call; answers in how many. */
  replaceUser(workspaceId: string, userId: string, replacement: string): Promise<number>
}

export interface AuditStore {
  /** Adds rows. A row whose id is there already stays as it is. */
  append(workspaceId: string, entries: readonly AuditEntry[]): Promise<void>
  /** Adds a row, or adds its count to that of the row with its id. */
  count(workspaceId: string, entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(workspaceId: string, range: ListRange): Promise<{ entries: AuditEntry[]; more: boolean }>
  /** Removes the addresses of rows from before a time, of a bounded number at a call; answers of how many. */
  forgetAddresses(workspaceId: string, before: string): Promise<number>
  /** Replaces a user's id in `by` and `user_id`, in a bounded number of rows at a call; answers in how many. */
  replaceUser(workspaceId: string, userId: string, replacement: string): Promise<number>
}

/** A user whose sessions have been ended: what was issued to them before a time is refused. */
export interface Revocation {
  readonly user_id: string
  /** A time, ISO 8601 UTC with milliseconds; a later revocation raises it. */
  readonly revoked_before: string
}

export interface RevocationStore {
  /** Refuses what was issued to the user before a time. Answers the latest of the times that were ever given. */
  revoke(workspaceId: string, revocation: Revocation): Promise<Revocation>
  get(workspaceId: string, userId: string): Promise<Revocation | null>
}

/**
 * Something that every server on a store acts on within seconds, whichever server decided it. It only says what to look at
 * again: the truth is in the rows that the request changed before.
 */
export type Change = { readonly workspace_id: string } & (
  | ({ readonly kind: 'sessions_revoked' } & Revocation)
  | { readonly kind: 'guest_became_user'; readonly guest_id: string; readonly user_id: string }
  /** `ends_at` may be in the future. */
  | { readonly kind: 'key_ended'; readonly key_id: string; readonly ends_at: string }
  | { readonly kind: 'room_changed'; readonly room: string; readonly version: number }
)

/** A change under its place in the log of changes. */
export interface PlacedChange {
  readonly seq: number
  readonly change: Change
}

/** One log for all workspaces, which servers read on from where they are. It is no tenant's data, and is kept for a day. */
export interface ChangeStore {
  /** Appends in the order given, at head + 1 each. */
  append(changes: readonly Change[]): Promise<void>
  /** The changes that follow a seq, in order, at most 500. */
  after(seq: number): Promise<PlacedChange[]>
  /** The seq of the last change; 0 where there is none. */
  head(): Promise<number>
  /** Removes the changes that were made before a time, but never the last one, after which the log counts on. */
  prune(before: string): Promise<void>
}

/** What the store knows of people, wherever it is: `personal-data.ts` says where. */
export interface PersonalStore {
  /**
   * What there is of a person under any of their ids, a bounded part at a call.
   * @param from the last call's `next`; null begins
   */
  read(workspaceId: string, userIds: readonly string[], from: string | null): Promise<PersonalPage>
  /**
   * Erases the person from these rows, messages excepted, which `streams.remove` erases. Rows that are not about them any
   * more stay as they are.
   * @param renamed what takes the place of each of the person's ids
   */
  erase(
    workspaceId: string,
    rows: readonly PersonalRow[],
    renamed: Readonly<Record<string, string>>,
  ): Promise<void>
  /** Leaves nothing of what was erased in the store's own files; false if that could not be done now. */
  settle(): Promise<boolean>
}
