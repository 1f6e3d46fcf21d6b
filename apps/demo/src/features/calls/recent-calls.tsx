import type { CallRecord } from '@dowellchat/client'
import { type CallHistoryData, skip, useAction, useCallHistory, useSession } from '@dowellchat/client/react'
import { useEffect, useMemo, useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { Segments } from '../../components/segments.tsx'
import { useNameMap } from '../people/use-names-of.ts'
import { useSelf } from '../people/use-self.ts'
import { useSeeingMissedCalls } from './missed-calls.ts'
import { RecentCall } from './recent-call.tsx'

const choices = [
  ['all', 'All'],
  ['missed', 'Missed'],
] as const

/** How often it is looked whether a call that goes on has ended. */
const reloadMs = 60_000

/** The calls that you have made, got and missed. */
export function RecentCalls() {
  const { can } = useSession()
  const [chosen, setChosen] = useState<'all' | 'missed'>('all')
  const isMissed = chosen === 'missed'
  const canRead = can('get_calls')
  const history = useCallHistory(canRead ? { missed: isMissed } : skip)
  useSeeingMissedCalls()
  useReloadedWhileOpen(history)
  if (!canRead) return null
  return (
    <section className="card recent-calls" aria-labelledby="recent-calls">
      <header className="recent-calls-head">
        <h2 id="recent-calls">Recent calls</h2>
        <fieldset>
          <legend className="visually-hidden">Which calls</legend>
          <Segments name="calls" choices={choices} chosen={chosen} onChoose={setChosen} />
        </fieldset>
      </header>
      <ListStatus status={history.status} error={history.error} label="Loading your calls">
        {history.calls.length === 0 ? (
          <p className="hint">
            {isMissed ? 'You have missed no call.' : 'No calls yet. Those that you make and get appear here.'}
          </p>
        ) : (
          <CallList calls={history.calls} />
        )}
        <MoreCalls hasMore={history.hasMore} loadMore={history.loadMore} />
      </ListStatus>
    </section>
  )
}

/** A call that goes on with somebody else, or on another device of yours, ends without a word to this one. */
function useReloadedWhileOpen({ calls, reload }: Pick<CallHistoryData, 'calls' | 'reload'>): void {
  const isOpen = calls.some(({ state }) => state !== 'ended')
  useEffect(() => {
    if (!isOpen) return undefined
    const timer = setInterval(() => void reload(), reloadMs)
    return () => clearInterval(timer)
  }, [isOpen, reload])
}

function CallList({ calls }: Pick<CallHistoryData, 'calls'>) {
  const { userId } = useSelf()
  const ids = useMemo(() => [...new Set(calls.flatMap((call) => shownIn(call, userId)))], [calls, userId])
  const names = useNameMap(ids)
  return (
    <ul>
      {calls.map((call) => {
        const others = othersOf(call, userId)
        const answeredBy = otherWhoAnswered(call, userId)
        return (
          <RecentCall
            key={call._id}
            call={call}
            others={others.map((id) => [id, names.get(id) ?? ''])}
            isOutgoing={call.caller === userId}
            answeredBy={answeredBy === null ? null : (names.get(answeredBy) ?? '')}
          />
        )
      })}
    </ul>
  )
}

/** Who was on the other side: the caller, or who has answered, or all whom it rang. */
function othersOf({ caller, callees, answered_by }: CallRecord, userId: string): readonly string[] {
  if (caller !== userId) return [caller]
  return answered_by === null ? callees : [answered_by]
}

/** Who has answered a call that rang you too; null where that was you, or nobody. */
function otherWhoAnswered({ caller, answered_by }: CallRecord, userId: string): string | null {
  return caller === userId || answered_by === userId ? null : answered_by
}

/** Whose names a call is shown with. */
function shownIn(call: CallRecord, userId: string): readonly string[] {
  const [others, answeredBy] = [othersOf(call, userId), otherWhoAnswered(call, userId)]
  return answeredBy === null ? others : [...others, answeredBy]
}

function MoreCalls({ hasMore, loadMore }: Pick<CallHistoryData, 'hasMore' | 'loadMore'>) {
  const { run, isPending, error } = useAction(loadMore)
  if (!hasMore) return null
  return (
    <div>
      <Problem what={error} />
      <button type="button" className="button small" disabled={isPending} onClick={() => void run()}>
        Show more
      </button>
    </div>
  )
}
