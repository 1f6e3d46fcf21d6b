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
  /** How many days a customer may open a closed ticket again; 0 for never. */
  readonly reopen_days: number
  /** Whether its people learn who is there. */
  readonly presence: boolean
  /** Whether its people learn who has read how far. */
  readonly receipts: boolean
  /** Whether its messages are indexed, to search in them. */
  readonly search: boolean
}

export interface WorkspaceStore {
  /** Makes the register exactly this one. A workspace that is no longer in it keeps its data; nobody can enter it. */
  replaceAll(workspaces: readonly Workspace[]): Promise<void>
  list(): Promise<Workspace[]>
}
