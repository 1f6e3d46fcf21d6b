import type { UseLineManagers, UseTickets } from '@dowellchat/client/react'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { minutesWords } from './board-words.ts'
import { Figure } from './figure.tsx'
import { useServerTime } from './use-server-time.ts'

interface FiguresProps {
  readonly waiting: UseTickets
  readonly agents: UseLineManagers
}

/** Who waits, for how long, and who is there for them. */
export function Figures({ waiting: { tickets, hasMore }, agents }: FiguresProps) {
  const { lineManagers, status } = agents
  const now = useServerTime()
  const titleOf = useTopicTitle()
  const since = tickets.map(({ enqueued_at }) => Date.parse(enqueued_at))
  const oldest = tickets[since.indexOf(Math.min(...since))]
  const there = lineManagers.filter(({ is_active, availability }) => is_active && availability === 'online')
  const open = lineManagers.reduce((sum, { ticket_count }) => sum + ticket_count, 0)
  return (
    <dl className="board-figures">
      <Figure label="Waiting" value={`${tickets.length}${hasMore ? '+' : ''}`}>
        {tickets.length === 0 ? 'Nobody waits' : 'in the line'}
      </Figure>
      <Figure
        label="Longest wait"
        value={oldest ? minutesWords(Math.max(0, now - Date.parse(oldest.enqueued_at)) / 60_000) : '–'}
      >
        {oldest ? `about ${titleOf(oldest.product)}` : 'Nobody waits'}
      </Figure>
      <Figure label="With agents" value={status === 'ready' ? String(open) : '–'}>
        open tickets
      </Figure>
      <Figure
        label="Agents there"
        value={status === 'ready' ? `${there.length} of ${lineManagers.length}` : '–'}
      >
        take tickets now
      </Figure>
    </dl>
  )
}
