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
