import { useMemo } from 'react'
import type { LineManager } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LineManagers } from '../tickets/line-managers.ts'
import { useChatClient } from './chat-provider.tsx'
import type { Skip } from './skip.ts'
import { noList, type UseList, useList } from './use-list.ts'

export interface UseLineManagers extends UseList {
  /** Lowest position first; `ticket_count` is as of the last `reload`. */
  readonly lineManagers: readonly LineManager[]
  /** Creates a line manager, who is given waiting tickets at once; admins only. Rejects with a `RequestError`. */
  readonly createLineManager: LineManagers['create']
  readonly reload: LiveList<LineManager>['reload']
}

/** The support agents who take tickets. */
export function useLineManagers(skipped?: Skip): UseLineManagers {
  const { lineManagers } = useChatClient()
  const list = skipped ? noList : lineManagers.list()
  const state = useList<LineManager>(list)
  return useMemo(() => {
    const { items, ...rest } = state
    return { ...rest, lineManagers: items, createLineManager: lineManagers.create, reload: list.reload }
  }, [state, lineManagers, list])
}
