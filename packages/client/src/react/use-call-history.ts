import type { CallHistoryFilter } from '../calls/calls.ts'
import type { CallRecord } from '../entities.ts'
import { useChatClient } from './chat-provider.tsx'
import type { HookState } from './hook-state.ts'
import { type Skip, skip } from './skip.ts'
import { type ListControls, noList, useList } from './use-list.ts'

export interface CallHistoryData extends ListControls {
  /** Newest first. Empty until they are loaded. */
  readonly calls: readonly CallRecord[]
}

/** The user’s calls, and whether they are loaded (`status`). */
export type UseCallHistory = HookState<CallHistoryData>

/**
 * The calls that the user has made or got, loaded again when one ends.
 * @example
 * const { calls } = useCallHistory({ missed: true })
 * // <ul>{calls.map(({ _id, caller, created_at }) => <li key={_id}>{caller}, {created_at}</li>)}</ul>
 */
export function useCallHistory(filter: CallHistoryFilter | Skip = {}): UseCallHistory {
  const { calls } = useChatClient()
  return useList(filter === skip ? noList : calls.history(filter), 'calls')
}
