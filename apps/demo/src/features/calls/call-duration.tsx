import { formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/use-now.ts'

/** How long a call has lasted. `aria-live` is off, or a screen reader would read it out every second. */
export function CallDuration({ since }: { readonly since: string }) {
  const now = useNow()
  return (
    <span className="call-duration" role="timer" aria-live="off">
      {formatDuration(now - Date.parse(since))}
    </span>
  )
}
