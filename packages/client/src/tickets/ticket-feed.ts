import type { Ticket } from '../entities.ts'
import { signal } from '../live/signal.ts'
import { together } from '../live/stops.ts'
import type { PushMethods } from '../requests/push.ts'

/** Every ticket that is new or has changed, as the client hears of it. */
export interface TicketFeed {
  readonly follow: (listener: (ticket: Ticket) => void) => () => void
  /** Says what an answer has of a ticket: its creator is answered, and the ticket is pushed to the others alone. */
  readonly tell: (ticket: Ticket) => void
}

export function createTicketFeed(on: PushMethods): TicketFeed {
  const [listen, tell] = signal<Ticket>()
  return {
    follow(listener) {
      const hear = ({ data }: { readonly data: Ticket }): void => listener(data)
      return together(on.new_ticket(hear), on.ticket_updated(hear), listen(listener))
    },
    tell,
  }
}
