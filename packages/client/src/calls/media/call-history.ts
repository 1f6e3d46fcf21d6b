import { limits } from '@dowellchat/protocol/core'
import type { Connection } from '../../connection/connection.ts'
import type { CallRecord, DataOf } from '../../entities.ts'
import { ignorable } from '../../live/ignorable.ts'
import { createLive } from '../../live/live.ts'
import type { ListState, LiveList } from '../../live/live-list.ts'
import type { Observable, Source } from '../../live/observable.ts'
import type { RequestMethods } from '../../requests/request.ts'
import type { CallsState } from '../call.ts'

type Page = DataOf<'get_calls'>

export interface HistoryContext {
  readonly list: Source<ListState<CallRecord>>
  readonly calls: Observable<CallsState>
  readonly connection: Connection
  readonly request: RequestMethods
  readonly missed: boolean
}

export type CallHistory = Pick<LiveList<CallRecord>, 'retain' | 'reload' | 'loadMore'>

const pageSize = 50
/** The server ends a call a moment after it has ended here. */
const settledMs = 500

/** Loads the calls of the user into a list, newest first. */
export function createCallHistory({ list, calls, connection, request, missed }: HistoryContext): CallHistory {
  let next: Promise<boolean> | undefined

  const page = (after: CallRecord | undefined, limit = pageSize): Promise<Page> =>
    request.get_calls({ missed, limit, ...(after && { before: after._id }) })

  const live = createLive<ListState<CallRecord>>(
    {
      state: { getSnapshot: list.getSnapshot, patch: (changes) => list.patch(changes) },
      /** As many as are shown. */
      async load(signal) {
        const wanted = Math.max(list.getSnapshot().items.length, pageSize)
        let { calls, more } = await page(undefined, Math.min(wanted, limits.list_rows))
        while (more && calls.length < wanted && !signal.aborted) {
          const further = await page(calls.at(-1))
          calls = [...calls, ...further.calls]
          more = further.more
        }
        return () => ({ items: calls, hasMore: more })
      },
      listen() {
        let timer: ReturnType<typeof setTimeout> | undefined
        let before = calls.getSnapshot()
        function again(): void {
          clearTimeout(timer)
          timer = setTimeout(() => void live.run(), settledMs)
        }
        const stop = calls.subscribe(() => {
          const now = calls.getSnapshot()
          const hasEnded = now.current !== before.current && now.current?.status === 'ended'
          if (hasEnded || now.incoming.length < before.incoming.length) again()
          before = now
        })
        return () => {
          clearTimeout(timer)
          stop()
        }
      },
    },
    connection,
  )

  async function loadNext(): Promise<boolean> {
    const end = list.getSnapshot().items.at(-1)
    if (!list.getSnapshot().hasMore) return false
    const { calls, more } = await page(end)
    const { items } = list.getSnapshot()
    // Not if it was loaded again meanwhile, and ends elsewhere.
    if (items.at(-1)?._id === end?._id) list.patch({ items: [...items, ...calls], hasMore: more })
    return list.getSnapshot().hasMore
  }

  return {
    retain: live.retain,
    reload: () => live.run(),
    loadMore() {
      next ??= loadNext().finally(() => {
        next = undefined
      })
      return ignorable(next)
    },
  }
}
