import { skip, useCallHistory, useSession } from '@dowellchat/client/react'
import { useEffect } from 'react'
import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'

/** When the last missed call that somebody has seen in the list ended, by workspace and user. */
const seen = createStored<Readonly<Record<string, string>>>('localStorage', 'seen-calls', (value) =>
  Object.fromEntries(Object.entries(value ?? {}).filter(([, time]) => typeof time === 'string')),
)

function useMissed() {
  const { workspace_id, user_id, can } = useSession()
  const { calls } = useCallHistory(can('get_calls') ? { missed: true } : skip)
  const person = `${workspace_id}/${user_id}`
  const seenUntil = useStored(seen)[person] ?? ''
  // Not by when they began: one that begins first may be missed last.
  const ends = calls.map(({ ended_at }) => ended_at ?? '').filter((end) => end > seenUntil)
  return { person, count: ends.length, latest: ends.sort().at(-1) }
}

interface MissedCallsProps {
  readonly onCount: (missed: number) => void
}

/** Says how many calls you have missed and not seen in the list yet. It shows nothing: the navigation does not wait for it. */
export function MissedCalls({ onCount }: MissedCallsProps) {
  const { count } = useMissed()
  useEffect(() => onCount(count), [count, onCount])
  return null
}

/** For the list of calls: those that it shows to somebody are seen. */
export function useSeeingMissedCalls(): void {
  const { person, latest } = useMissed()
  useEffect(() => {
    if (latest === undefined) return undefined
    function see(): void {
      if (document.visibilityState === 'visible') seen.set({ ...seen.get(), [person]: latest ?? '' })
    }
    see()
    document.addEventListener('visibilitychange', see)
    return () => document.removeEventListener('visibilitychange', see)
  }, [person, latest])
}
