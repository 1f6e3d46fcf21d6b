import type { ListRange } from './rows.ts'

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
  /** Those of the guests who have become users. */
  among(workspaceId: string, guestIds: readonly string[]): Promise<Alias[]>
  /** The guests who became a user, newest first. */
  list(workspaceId: string, userId: string, range: ListRange): Promise<Alias[]>
  /** Removes all of a user's; answers how many. */
  removeAll(workspaceId: string, userId: string): Promise<number>
}
