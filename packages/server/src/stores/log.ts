import type { Head } from '@dowellchat/protocol'
import type { StreamKey } from './store.ts'

/** A stream's log: where it begins and where it ends. */
export interface Log {
  readonly key: StreamKey
  readonly epoch: string
  readonly head: Head
  /** The place of the last entry that retention removed; seq 0 if it removed none. */
  readonly pruned: Head
}

/** The seq of the oldest entry that the log still has; if it has none, the seq of its next entry. */
export function firstSeq({ pruned }: Pick<Log, 'pruned'>): number {
  return pruned.seq + 1
}
