/** The row of a server that uses the store. */
export interface NodeRow {
  readonly id: string
  /** Rises as long as the server lives. */
  readonly beat: number
}

/** The servers that share a store. Clocks have no part in it: who reads the rows sees which beats rise. */
export interface NodeStore {
  /** Raises a server's beat; makes its row where there is none. */
  beat(id: string): Promise<void>
  /** The rows of all servers, those that have ended without removing theirs too. */
  list(): Promise<readonly NodeRow[]>
  remove(ids: readonly string[]): Promise<void>
}
