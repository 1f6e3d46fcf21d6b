import { randomUUID } from 'node:crypto'
import type { Message, Ticket } from '../../../../packages/protocol/src/index.ts'
import { makeCid } from '../../bench/ids.ts'

/** A message that was sent; has an answer once it is acknowledged. */
export interface Sent {
  readonly author: string
  readonly room: string
  readonly cid: string
  readonly message_data: string
  answer?: Message
}

/** A requested ticket; has an answer once it is acknowledged. */
export interface Asked {
  readonly user_id: string
  readonly cid: string
  answer?: Ticket
}

/** One request to close a ticket. */
export interface Closing {
  readonly ticket_id: string
  readonly by: string
  closedNow?: boolean
}

/** All requests to the servers of one place, over all its runs. */
export class Ledger {
  readonly messages: Sent[] = []
  readonly tickets: Asked[] = []
  readonly closings: Closing[] = []
  /** Acknowledged tickets that no request has tried to close. */
  readonly open: string[] = []

  send(author: string, room: string): Sent {
    const sent = { author, room, cid: makeCid(), message_data: `${author} ${this.messages.length}` }
    this.messages.push(sent)
    return sent
  }

  ask(user_id: string): Asked {
    const asked = { user_id, cid: randomUUID() }
    this.tickets.push(asked)
    return asked
  }

  answered(asked: Asked, ticket: Ticket): void {
    asked.answer = ticket
    this.open.push(ticket._id)
  }

  /** Takes one of the open tickets, for several people to close at once. */
  close(index: number, by: readonly string[]): Closing[] {
    const [ticket_id] = this.open.splice(index, 1)
    if (ticket_id === undefined) return []
    const closings = by.map((agent): Closing => ({ ticket_id, by: agent }))
    this.closings.push(...closings)
    return closings
  }
}
