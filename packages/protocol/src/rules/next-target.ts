import type { Ticket, TicketTarget } from '../tickets.ts'
import type { Topic } from '../topics.ts'
import { addBusinessMinutes } from './business-hours.ts'

/** What is due next of a ticket by what its topic promises: the first answer until there is one, then that it is solved. */
export function nextTarget(
  { state, answered_at, enqueued_at }: Pick<Ticket, 'state' | 'answered_at' | 'enqueued_at'>,
  { targets, hours }: Pick<Topic, 'targets' | 'hours'>,
): TicketTarget | null {
  if (state === 'closed') return null
  const kinds = answered_at === null ? (['first_answer', 'solved'] as const) : (['solved'] as const)
  const promised = kinds.flatMap((kind): TicketTarget[] => {
    const minutes = targets[kind]
    const due_at = minutes === null ? null : addBusinessMinutes(hours, enqueued_at, minutes)
    return due_at === null ? [] : [{ kind, due_at }]
  })
  const [first, second] = promised
  return second && first && second.due_at < first.due_at ? second : (first ?? null)
}
