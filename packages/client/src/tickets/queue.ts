import type { Ticket, WaitingEstimate } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { type CachedThing, createLiveThing } from '../live/live-thing.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { type LineMove, movedEstimate, queueOf } from './moved-estimate.ts'
import type { Queue } from './queue-state.ts'
import type { TicketFeed } from './ticket-feed.ts'

const mostTries = 3

/** Whose place it is: a ticket's, or that of one that could be opened about a topic. */
export type QueueOf = { readonly ticket_id: string } | { readonly product: string }

/** A place in a line. It is asked for once, and then follows what is said of the line. */
export function createQueue(
  wire: Wire,
  feed: TicketFeed,
  of: QueueOf,
  touch: () => void,
): CachedThing<Queue> {
  const { request, on } = wire
  /** What has happened since the question under way was sent. */
  let moves: LineMove[] | undefined
  let place = ''

  async function ask(): Promise<WaitingEstimate | null> {
    try {
      return await request.get_estimate(of)
    } catch (error) {
      // It is answered or closed.
      if (isRequestError(error) && error.code === 'conflict') return null
      throw error
    }
  }

  async function load(): Promise<Queue> {
    const own: LineMove[] = []
    moves = own
    try {
      for (let tries = 1; ; tries++) {
        const answered = await ask()
        const now = own.reduce<WaitingEstimate | null>(
          (known, move) => known && movedEstimate(known, move),
          answered,
        )
        // What has happened meanwhile may be more than can be known here.
        if (now || answered === null || tries === mostTries) return queueOf(now ?? answered)
      }
    } finally {
      if (moves === own) moves = undefined
    }
  }

  function watch(push: (queue: Queue) => void, again: () => void): () => void {
    function onMove(move: LineMove): void {
      const known = thing.getSnapshot().data?.estimate
      if (moves) moves.push(move)
      else if (known && move.line === known.line) {
        const now = movedEstimate(known, move)
        if (now === null) again()
        else if (now !== known) push(queueOf(now))
      }
    }

    function onTicket(ticket: Ticket): void {
      if (!('ticket_id' in of) || ticket._id !== of.ticket_id) return
      const now = placeOf(ticket)
      if (place !== now) again()
      place = now
    }

    return together(on.line_moved(onMove), feed.follow(onTicket))
  }

  const thing = createLiveThing<Queue>({ load, watch, merge: (_, pushed) => pushed }, wire, touch)
  return thing
}

/** What says where a ticket stands, to compare. */
function placeOf({ state, line_manager, product, priority, enqueued_at, answered_at }: Ticket): string {
  return JSON.stringify([state, line_manager, product, priority, enqueued_at, answered_at])
}
