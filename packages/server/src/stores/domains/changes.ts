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
  | { readonly kind: 'messages_removed'; readonly stream: string }
  | { readonly kind: 'room_changed'; readonly room: string; readonly version: number }
  /** Waiting times of these line managers' tickets have moved; `server` is the one that says so. */
  | { readonly kind: 'lines_moved'; readonly line_managers: readonly string[]; readonly server: string }
  /** `server` has sent it to its own sockets. */
  | { readonly kind: 'topic_created'; readonly name: string; readonly server: string }
  | { readonly kind: 'line_manager_created'; readonly user_id: string; readonly server: string }
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
