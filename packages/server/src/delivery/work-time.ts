import type { Ticket } from '@dowellchat/protocol'
import type { ServingManager } from '../stores/store.ts'
import { minutesEach } from './line-workers.ts'

/** A ticket that its line manager has closed. */
export interface Finished {
  readonly ticket: Pick<Ticket, 'assigned_at' | 'answered_at' | 'closed_at'>
  /** When the line manager had finished one before; null if they had not. */
  readonly finished_at: string | null
  readonly serving: ServingManager
  /** The line manager's other tickets that are open by now. */
  readonly open: readonly Pick<Ticket, 'state' | 'assigned_at'>[]
  /** Whether others wait in the line of the ticket's topic. */
  readonly isWaited: () => Promise<boolean>
}

/** A ticket that took longer than so many others has been lying about. */
const mostTimes = 8

/**
 * The minutes that a line manager took for a ticket, from when they had finished the one before or were given it, whichever was later.
 * Null where that says nothing of how fast they are: nobody has answered it, or they had several and nobody waited, so that they may
 * have had time for all.
 */
export async function minutesOfWork(finished: Finished): Promise<number | null> {
  const { ticket, finished_at, serving } = finished
  const { assigned_at, answered_at, closed_at } = ticket
  if (assigned_at === null || answered_at === null || closed_at === null) return null
  const isOnly = (finished_at ?? '') <= assigned_at && !isBesideOthers(finished)
  if (!isOnly && !hasNext(finished) && !(await finished.isWaited())) return null
  const from = finished_at !== null && finished_at > assigned_at ? finished_at : assigned_at
  const minutes = Math.max(0, Date.parse(closed_at) - Date.parse(from)) / 60_000
  return Math.min(minutes, mostTimes * minutesEach(serving))
}

/** Whether they had others at the same time. */
function isBesideOthers({ ticket, open }: Finished): boolean {
  return open.some(({ assigned_at }) => (assigned_at ?? '') < (ticket.closed_at ?? ''))
}

/** Whether another one waited for them, or was given to them as soon as they had finished this one. */
function hasNext({ ticket, open }: Finished): boolean {
  return open.some(
    ({ state, assigned_at }) => state === 'assigned' || (assigned_at ?? '') >= (ticket.closed_at ?? ''),
  )
}
