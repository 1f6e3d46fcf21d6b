import { limits } from '@dowellchat/protocol/core'
import type { CallRecord } from '../entities.ts'
import type { LiveList } from '../live/live-list.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import type { Observable } from '../live/observable.ts'
import { newestIdFirst } from '../live/orders.ts'
import type { Wire } from '../requests/wire.ts'
import type { CallsState } from './call.ts'

/** The server ends a call a moment after it has ended here. */
const settledMs = 500

/** The calls that the user has made or got, or has missed. */
export function createCallHistory(
  wire: Wire,
  calls: Observable<CallsState>,
  missed: boolean,
): LiveList<CallRecord> {
  return createLoadedList<CallRecord>(
    {
      ...newestIdFirst,
      mostAtOnce: limits.list_rows,
      async page(last, limit) {
        const { calls, more } = await wire.request.get_calls({
          missed,
          limit,
          ...(last && { before: last._id }),
        })
        return { items: calls, hasMore: more }
      },
      watch(_changes, again) {
        let timer: ReturnType<typeof setTimeout> | undefined
        let before = calls.getSnapshot()
        const stop = calls.subscribe(() => {
          const now = calls.getSnapshot()
          const hasEnded = now.current !== before.current && now.current?.status === 'ended'
          if (hasEnded || now.incoming.length < before.incoming.length) {
            clearTimeout(timer)
            timer = setTimeout(again, settledMs)
          }
          before = now
        })
        return () => {
          clearTimeout(timer)
          stop()
        }
      },
    },
    wire,
  )
}
