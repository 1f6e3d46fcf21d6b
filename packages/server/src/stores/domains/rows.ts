/** A row made by a client's `cid`. `fingerprint` tells a repetition from another request under the same cid. */
export interface ClientMade {
  readonly cid: string
  readonly fingerprint: string
}

/**
 * `created` is false where the cid was there already: the row is as it is now. `cid`: that cid made something else.
 * `exists`: the key is taken by a row of another cid. `limit`: there are as many rows as there may be; `workspace_limit`:
 * where a user has a limit too, the workspace has as many; `guests_limit`: all its guests together.
 */
export type Creation<Row> =
  | { readonly created: boolean; readonly row: Row }
  | { readonly conflict: 'cid' | 'exists' | 'limit' | 'guests_limit' | 'workspace_limit' }

/** Which rows of a list, newest first. */
export interface ListRange {
  /** The id of the last row that the asker has; an unknown one gives nothing. */
  readonly before?: string
  readonly limit: number
}
