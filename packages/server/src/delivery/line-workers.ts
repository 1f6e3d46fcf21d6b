import { type LineSpeed, type LineWorker, lineSpeed } from '@dowellchat/protocol'
import type { ServingManager } from '../stores/store.ts'

/** From so many tickets on, what was observed of a line manager counts, and not what was said of them. */
const enoughObserved = 20

/** What a line manager does for a topic's line. */
export function workerOf({ manager, serving }: ServingManager): LineWorker {
  const { capacity, ticket_count } = manager
  const room = capacity === null ? null : Math.max(0, capacity - ticket_count)
  return { ...paceOf({ manager, serving }), room }
}

/**
 * How fast a line manager serves the line of those whom they have and have not answered: they begin with the first at once if they
 * have answered all others.
 * @param waiting how many they have not answered
 */
export function managerSpeed(serving: ServingManager, waiting: number): LineSpeed {
  const { manager } = serving
  if (manager.availability !== 'online') return lineSpeed([])
  const room = manager.ticket_count > waiting ? 0 : 1
  return lineSpeed([{ ...paceOf(serving), room }], variationOf(serving))
}

/** How many minutes a line manager takes for a ticket: as observed, until enough was as said. */
export function minutesEach(serving: ServingManager): number {
  return paceOf(serving).minutes
}

function paceOf({ manager, serving }: ServingManager): Pick<LineWorker, 'minutes' | 'isObserved'> {
  if (serving === null || serving.count < enoughObserved)
    return { isObserved: false, minutes: manager.average_serving_time }
  return { isObserved: true, minutes: serving.mean }
}

/** The standard deviation divided by the mean; undefined until enough was observed. */
function variationOf({ serving }: ServingManager): number | undefined {
  if (serving === null || serving.count < enoughObserved || serving.mean <= 0) return undefined
  return Math.sqrt(serving.variance) / serving.mean
}
