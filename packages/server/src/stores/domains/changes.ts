import type { Revocation } from './revocations.ts'

/**
 * Something that every server on a store acts on within seconds, whichever server decided it. It only says what to look at
 * again: the truth is in the rows that the request changed before.
 */
export type Change = { readonly workspace_id: string } & (
  | ({ readonly kind: 'sessions_revoked' } & Revocation)
  | { readonly kind: 'guest_became_user'; readonly guest_id: string; readonly user_id: string }
  /** `ends_at` may be in the future. */
  | { readonly kind: 'key_ended'; readonly key_id: string; readonly ends_at: string }
  /** What a user and another one may see of each other has changed; without another, the user sees nobody any more. */
  | { readonly kind: 'sight_changed'; readonly user_id: string; readonly other_id: string | null }
  | { readonly kind: 'messages_removed'; readonly stream: string }
  /** Everybody who had joined an open room has left it. */
  | {
      readonly kind: 'open_room_closed'
      readonly room: string
      readonly closed_at: string
      readonly server: string
    }
  /** Waiting times of these line managers' tickets have moved; `server` is the one that says so. */
  | { readonly kind: 'lines_moved'; readonly line_managers: readonly string[]; readonly server: string }
  | RowChange
)

/**
 * A row that clients follow has changed: each server sends it, as it is now, to its own sockets. `server` has done so before
 * it says this; without one, nobody has for certain.
 */
export type RowChange = { readonly server?: string } & (
  | {
      readonly kind: 'ticket_changed'
      readonly ticket_id: string
      /** Its customer. */
      readonly user_id: string
      readonly is_new: boolean
      /** The lines in which it is, or was until then. Servers of earlier versions do not say them. */
      readonly lines?: readonly string[]
    }
  | { readonly kind: 'topic_changed'; readonly name: string }
  | { readonly kind: 'line_manager_changed'; readonly user_id: string }
  | { readonly kind: 'canned_answer_changed'; readonly answer_id: string }
  | { readonly kind: 'user_changed'; readonly user_id: string }
  | { readonly kind: 'report_changed'; readonly report_id: string }
  | { readonly kind: 'block_changed'; readonly user_id: string; readonly blocked_id: string }
  /** `user_ids`: those whose membership has changed. Servers of earlier versions do not say them. */
  | { readonly kind: 'room_changed'; readonly room: string; readonly user_ids?: readonly string[] }
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
  /**
   * Gives people other ids in a workspace's changes that follow a seq, some of them at a call.
   * @returns the seq after which to go on; null where nothing follows
   */
  rename(
    workspaceId: string,
    renamed: Readonly<Record<string, string>>,
    after: number,
  ): Promise<number | null>
  /** Removes the changes that were made before a time, but never the last one, after which the log counts on. */
  prune(before: string): Promise<void>
}
