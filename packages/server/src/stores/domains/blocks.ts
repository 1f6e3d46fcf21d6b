import type { ListRange } from './rows.ts'

/** That a user has blocked another. */
export interface Block {
  readonly _id: string
  readonly user_id: string
  readonly blocked_id: string
  readonly created_at: string
}

export type BlockedPair = Pick<Block, 'user_id' | 'blocked_id'>

/** How many pairs of each side are read at once. */
export const mostPairs = 1_000

/** Each pair once, in the order of the ids. */
export function distinctPairs(pairs: readonly BlockedPair[]): BlockedPair[] {
  const distinct = new Map(
    pairs.map(({ user_id, blocked_id }) => [`${user_id}\n${blocked_id}`, { user_id, blocked_id }]),
  )
  return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair)
}

export interface BlockStore {
  /** Blocks once; later ones are answered with the first. */
  create(workspaceId: string, userId: string, blockedId: string): Promise<{ row: Block; created: boolean }>
  get(workspaceId: string, userId: string, blockedId: string): Promise<Block | null>
  /** Those of these users who have blocked one of those. */
  blockers(workspaceId: string, userIds: readonly string[], blockedIds: readonly string[]): Promise<string[]>
  /** The blocks of which one of these users is either side, each once and in the order of the ids; at most 1,000 of each side. */
  pairs(workspaceId: string, userIds: readonly string[]): Promise<BlockedPair[]>
  /** Newest first. */
  list(workspaceId: string, userId: string, range: ListRange): Promise<Block[]>
  /** Whether there was such a block. */
  remove(workspaceId: string, userId: string, blockedId: string): Promise<boolean>
  /** Removes all of which a user is one side; answers how many. */
  removeAll(workspaceId: string, userId: string): Promise<number>
}
