import type { Ticket } from '@dowellchat/client'
import { formatWhen } from '../../lib/format.ts'
import { useNameOf } from '../people/use-name-of.ts'
import { useSelf } from '../people/use-self.ts'
import { ageOf } from './target-words.ts'

interface StateWordsProps {
  readonly ticket: Ticket
  /** The server's time. */
  readonly now: number
}

/** Who has a ticket, and how far it is: `Waiting 12 min`, `With Meg, unanswered 3 min`. */
export function StateWords({ ticket, now }: StateWordsProps) {
  const { userId } = useSelf()
  const { line_manager, state, closed_at } = ticket
  const name = useNameOf(line_manager ?? '')
  if (state === 'closed') return <>Closed{closed_at && ` ${formatWhen(closed_at)}`}</>
  if (line_manager === null) return <>Waiting {ageOf(ticket, now)}</>
  return (
    <>
      With <bdi>{line_manager === userId ? 'you' : name}</bdi>
      {state === 'assigned' && `, unanswered ${ageOf(ticket, now)}`}
      {state === 'on_hold' && ', on hold'}
    </>
  )
}
