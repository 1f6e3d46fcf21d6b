import type { Message, Ticket } from '@dowellchat/protocol'
import { anonymousPrefix } from '../identity/anonymous.ts'
import type { Store, StreamKey } from '../stores/store.ts'
import { Encoded } from './encoded.ts'

/** How far the two sides of a ticket have read its conversation, and who its customer is. */
export interface TicketMarks {
  /** The ids of the customer. */
  readonly customer: readonly string[]
  readonly readers: readonly { readonly user_id: string; readonly nth: number }[]
}

/** More people hardly read one ticket. */
const mostReaders = 1_000

/** A ticket's messages, for those clients that are told with them whether the other side has read them. */
export class MarkedMessages extends Encoded<Message[]> {
  readonly marks: TicketMarks

  constructor({ text }: Encoded<Message[]>, marks: TicketMarks) {
    super(text)
    this.marks = marks
  }
}

/** How far the sides of a ticket have read it. */
export async function ticketMarks(
  { readers, aliases }: Pick<Store, 'readers' | 'aliases'>,
  { workspace_id, stream }: StreamKey,
  { user_id }: Ticket,
): Promise<TicketMarks> {
  const rows = await readers.ofStream(workspace_id, stream, { limit: mostReaders })
  const alias = user_id.startsWith(anonymousPrefix) ? await aliases.get(workspace_id, user_id) : null
  return {
    customer: alias ? [user_id, alias.user_id] : [user_id],
    readers: rows.map((row) => ({ user_id: row.user_id, nth: row.read_nth })),
  }
}
