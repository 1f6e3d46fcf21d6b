import { type UseTickets, useAction } from '@dowellchat/client/react'
import { Problem } from '../../components/problem.tsx'

/** Loads the next page of a list of tickets. */
export function MoreTickets({ hasMore, loadMore }: Pick<UseTickets, 'hasMore' | 'loadMore'>) {
  const { run, isPending, error } = useAction(loadMore)
  if (!hasMore) return null
  return (
    <div className="more-tickets">
      <Problem what={error} />
      <button type="button" className="button small" disabled={isPending} onClick={() => void run()}>
        Show more
      </button>
    </div>
  )
}
