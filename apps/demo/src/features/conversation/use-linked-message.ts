import { useEffect } from 'react'
import { useHashLocation } from 'wouter/use-hash-location'
import { useMessageInPath } from '../../lib/paths.ts'

/**
 * Shows the message that the page's address leads to. The address is the conversation's own after that, so that the same link
 * works again.
 */
export function useLinkedMessage(jumpTo: (nth: number) => void, isHere: boolean): void {
  const nth = useMessageInPath()
  const [location, navigate] = useHashLocation()
  useEffect(() => {
    if (nth === null || !isHere) return
    navigate(location.slice(0, location.lastIndexOf('/')), { replace: true })
    jumpTo(nth)
  }, [nth, isHere, location, navigate, jumpTo])
}
