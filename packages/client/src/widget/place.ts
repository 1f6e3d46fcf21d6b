import type { ChatClient } from '../client.ts'
import type { WaitingEstimate } from '../entities.ts'
import type { Queue } from '../tickets/queue-state.ts'

/** A place in a line, as people are told of it. */
export interface Place {
  readonly ahead: number
  /** Minutes from now, at least and at most; null where nobody can say, which `reason` explains. */
  readonly wait: { readonly low: number; readonly high: number } | null
  readonly reason: WaitingEstimate['reason']
  /** When people work again, where they do not now. */
  readonly opensAt: string | null
}

/** Whose place it is: a ticket's, or that of one which would be opened now. */
type PlaceOf = { readonly ticketId: string } | { readonly topic: string }

/** How often the minutes are counted down. */
const tickMs = 15_000

/** Follows a place in a line. `show` gets null where there is none: it was answered, or nobody knows. The answer ends it. */
export function followPlace(
  client: ChatClient,
  of: PlaceOf,
  show: (place: Place | null) => void,
): () => void {
  const queue = 'ticketId' in of ? client.tickets.queue(of.ticketId) : client.topics.queue(of.topic)
  const tell = (): void => show(placeIn(queue.getSnapshot().data, client.now()))
  const stops = [queue.subscribe(tell), queue.retain()]
  const timer = setInterval(tell, tickMs)
  tell()
  return () => {
    clearInterval(timer)
    for (const stop of stops) stop()
  }
}

/** @param now in ms, on the server's clock */
export function placeIn(queue: Queue | null, now: number): Place | null {
  if (!queue?.estimate) return null
  const { estimate, soonestAt, latestAt } = queue
  const { ahead, reason, opens_at: opensAt } = estimate
  const until = (time: string): number => Math.max(0, (Date.parse(time) - now) / 60_000)
  const isKnown = reason === null && soonestAt !== null && latestAt !== null
  return { ahead, reason, opensAt, wait: isKnown ? { low: until(soonestAt), high: until(latestAt) } : null }
}
