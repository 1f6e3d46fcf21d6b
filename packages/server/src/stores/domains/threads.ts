import type { Thread } from '@dowellchat/protocol'

/** A message's thread. Where it belongs to never changes. */
export interface ThreadRow extends Pick<Thread, '_id' | 'parent' | 'parent_seq'> {
  readonly created_at: string
}

/** How many threads were removed, and where to go on; `next` is null where nothing is left to look at. */
export interface PrunedThreads {
  readonly removed: number
  readonly next: string | null
}

/** The threads of messages. What is said in one is a stream of its own. */
export interface ThreadStore {
  /** Makes a message's thread, or answers the one that there is. */
  create(workspaceId: string, thread: Omit<ThreadRow, 'created_at'>): Promise<ThreadRow>
  get(workspaceId: string, id: string): Promise<ThreadRow | null>
  /** Those of a stream's threads that there are, in the order of the ids, with what their streams have. */
  list(workspaceId: string, parent: string, ids: readonly string[]): Promise<Thread[]>
  /**
   * Removes threads whose message retention has removed, and whose own messages it has removed too, a bounded part of them
   * at a call.
   * @param from the last call's `next`; null begins
   */
  prune(workspaceId: string, from: string | null): Promise<PrunedThreads>
}

/** How many threads one call of `prune` looks at. */
export const threadsLookedAt = 100
