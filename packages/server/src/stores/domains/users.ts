import type { Availability, Preferences, User } from '@dowellchat/protocol'

/** Somebody who was connected, with what their credentials say of them; null where they say nothing. */
export interface UserSeen extends Pick<User, 'user_id' | 'name' | 'picture'> {
  readonly at: string
  /** Whether it is a program; left out where that is not known. */
  readonly is_program?: boolean
  /** What takes the place of the user's id once they are erased; left out where nobody can have erased them. */
  readonly erased_as?: string
}

/** What a user changes of their own: what is left out stays, null removes. */
export type UserChange = { readonly [K in 'name' | 'picture' | 'metadata']?: User[K] | undefined }

/** How a user wants to be shown, and what they keep to themselves. */
export interface UserSettings extends Preferences, Pick<User, 'user_id'> {
  readonly last_seen_at: string
  /** As what they want to be shown while they are connected. */
  readonly availability: Availability
  readonly status_text: string | null
}

/** What is left out stays. */
export type SettingsChange = {
  readonly [K in 'availability' | 'status_text' | keyof Preferences]?: UserSettings[K] | undefined
}

export interface UserSearch {
  /** What the name begins with, or the id of those without a name; in any case and form. A whole id is found too. */
  readonly text: string
  /** The id of the last user that the asker has; an unknown one gives nothing. */
  readonly before?: string
  readonly limit: number
}

export interface UserStore {
  /**
   * Keeps one row per user; none for a user who was erased after they were seen, which the revocation under `erased_as` says.
   * A name or picture that the credentials did not say before takes the place of the present one.
   */
  see(workspaceId: string, seen: readonly UserSeen[]): Promise<void>
  /** Notes when users were connected last, of those who have a row. */
  left(workspaceId: string, left: readonly Pick<UserSeen, 'user_id' | 'at'>[]): Promise<void>
  /** Sees a user, and changes what they want changed: that lasts until their credentials say something new. Null as for `see`. */
  update(workspaceId: string, seen: UserSeen, change: UserChange): Promise<User | null>
  /** Those that there are, in the order of the ids. */
  get(workspaceId: string, userIds: readonly string[]): Promise<User[]>
  /** The settings of those that there are, in the order of the ids. */
  settings(workspaceId: string, userIds: readonly string[]): Promise<UserSettings[]>
  /** Sees a user, and changes their settings. Null as for `see`. */
  set(workspaceId: string, seen: UserSeen, change: SettingsChange): Promise<UserSettings | null>
  /** By their names. Reads no more rows than it answers. */
  search(workspaceId: string, search: UserSearch): Promise<{ users: User[]; more: boolean }>
  /** Whether there was such a user. */
  remove(workspaceId: string, userId: string): Promise<boolean>
}
