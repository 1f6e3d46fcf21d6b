import { randomUUID } from 'node:crypto'
import type { Message, Ticket } from '../../../../packages/protocol/src/index.ts'
import { makeCid } from '../../bench/ids.ts'

/** A message that was sent; with an answer once it was acknowledged. */
export interface Sent {
  readonly author: string
  readonly room: string
  readonly cid: string
  readonly message_data: string
  answer?: Message
}

/** A ticket that was asked for. */
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

/** Everything that was asked of the servers of one place, over all of its runs. */
export class Ledger {
  readonly messages: Sent[] = []
  readonly tickets: Asked[] = []
  readonly closings: Closing[] = []
  /** Tickets that were acknowledged, and that nobody has asked to close. */
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

  /** Takes a ticket of the open ones, to be closed by several people at once. */
  close(index: number, by: readonly string[]): Closing[] {
    const [ticket_id] = this.open.splice(index, 1)
    if (ticket_id === undefined) return []
    const closings = by.map((agent): Closing => ({ ticket_id, by: agent }))
    this.closings.push(...closings)
    return closings
  }
}
