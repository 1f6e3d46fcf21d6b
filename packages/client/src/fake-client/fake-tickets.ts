import * as protocol from '@dowellchat/protocol'
import type { DataOf, Message } from '../entities.ts'
import { uuid } from '../uuid.ts'
import { type FakeWorld, now } from './fake-world.ts'
import { fixtures } from './fixtures.ts'
import { sampleWith } from './sample.ts'

type Ticket = protocol.Ticket
type PayloadOf<K extends protocol.ClientRequestName> = protocol.PayloadOf<K>
type Filter = Omit<PayloadOf<'get_tickets'>, 'before' | 'limit' | 'details'>

interface TicketWorld extends FakeWorld {
  /** How many messages of a stream the user has not read. */
  readonly unreadIn: (stream: string) => number
}

const usualLimit = 50
const over = { state: 'closed', is_closed: true } as const

/** The tickets of a fake server. One that it does not know is made up when it is asked for: the test may only show it. */
export class FakeTickets {
  readonly #world: TicketWorld

  constructor(world: TicketWorld) {
    this.#world = world
  }

  /** An answer of the team opens a ticket; its customer takes it off hold, and opens it again once it is closed. */
  onMessage({ stream, author }: Message): void {
    const ticket = this.#of(stream)
    if (!ticket) return
    const { _id, is_closed, line_manager } = ticket
    if (author !== ticket.user_id) {
      if (!is_closed) this.#move(_id, { kind: 'answer' })
    } else this.#move(_id, is_closed ? { kind: 'reopen', line_manager } : { kind: 'resume' })
  }

  /** Refuses messages to a ticket that is closed, but for its customer's. */
  expectOpen(stream: string): void {
    const ticket = this.#of(stream)
    if (ticket?.is_closed && ticket.user_id !== this.#world.user_id)
      this.#world.refuse('ticket_closed', `Ticket ${ticket._id} is closed`)
  }

  get_ticket = ({ ticket_id }: PayloadOf<'get_ticket'>): Ticket => this.#ticket(ticket_id)

  get_tickets = ({ before, limit = usualLimit, details, ...filter }: PayloadOf<'get_tickets'>) => {
    const found = this.#world.memory.tickets.all().filter((ticket) => fits(ticket, filter))
    const all = found.map((ticket) => this.#detailed(ticket)).sort(orders[filter.order ?? 'newest'])
    const rest = all.slice(all.findIndex(({ _id }) => _id === before) + 1)
    const tickets = rest.slice(0, limit).map((one) => (details ? one : withoutDetails(one)))
    return { tickets, more: rest.length > limit }
  }

  get_ticket_messages = ({ ticket_id }: PayloadOf<'get_ticket_messages'>): readonly Message[] =>
    this.#world.streams.messages(protocol.ticketStream(ticket_id))

  create_ticket = ({ cid, message_data = '', attachments, ...draft }: PayloadOf<'create_ticket'>): Ticket =>
    this.#world.memory.tickets.create(cid, () => {
      const { user_id, name, role, push, store } = this.#world
      const [at, _id] = [now(), uuid()]
      const times = { created_at: at, updated_at: at, enqueued_at: at }
      const usual = { _id, user_id, display_name: name, priority: 'normal', ...times }
      const ticket = sampleWith(protocol.Ticket, usual, draft)
      if (message_data || attachments)
        store(protocol.ticketStream(_id), { cid: uuid(), message_data, attachments })
      if (role !== 'customer') push('new_ticket', { data: ticket })
      return ticket
    })

  update_ticket = ({ ticket_id, metadata, ...changes }: PayloadOf<'update_ticket'>): Ticket => {
    const { metadata: before, ...ticket } = this.#ticket(ticket_id)
    const after = metadata === undefined ? before : metadata
    return this.#put({ ...ticket, ...changes, ...(after && { metadata: after }) } as Ticket)
  }

  claim_ticket = ({ ticket_id }: PayloadOf<'claim_ticket'>): Ticket => {
    const { user_id: line_manager } = this.#world
    const ticket = this.#ticket(ticket_id)
    const isOwn = ticket.line_manager === line_manager && !ticket.is_closed
    return isOwn ? ticket : this.#move(ticket_id, { kind: 'take', line_manager })
  }

  claim_next = ({ product, cid }: PayloadOf<'claim_next'>): Ticket =>
    this.#world.memory.tickets.create(cid, () => {
      const { user_id: line_manager, refuse } = this.#world
      const line = { states: ['waiting'], order: 'longest_waiting' } as const
      const [first] = this.get_tickets({ ...line, states: [...line.states], product }).tickets
      return first
        ? this.#move(first._id, { kind: 'take', line_manager })
        : refuse('not_found', 'Nobody waits')
    })

  assign_ticket = ({ ticket_id, ...to }: PayloadOf<'assign_ticket'>): Ticket =>
    this.#move(ticket_id, { kind: 'assign', ...to })

  transfer_ticket = ({ ticket_id, line_manager, product = '', expected }: PayloadOf<'transfer_ticket'>) =>
    line_manager === undefined
      ? this.#move(ticket_id, { kind: 'transfer', product, expected })
      : this.#move(ticket_id, { kind: 'assign', line_manager, expected })

  hold_ticket = ({ ticket_id, is_on_hold }: PayloadOf<'hold_ticket'>): Ticket => {
    const like = { state: 'open', line_manager: this.#world.user_id } as const
    return this.#move(ticket_id, { kind: is_on_hold ? 'hold' : 'resume' }, like)
  }

  close_ticket = ({ ticket_id }: PayloadOf<'close_ticket'>): DataOf<'close_ticket'> => {
    const closed_now = !this.#ticket(ticket_id).is_closed
    return { ticket: this.#move(ticket_id, { kind: 'close' }), closed_now }
  }

  reopen_ticket = ({ ticket_id }: PayloadOf<'reopen_ticket'>): DataOf<'reopen_ticket'> => {
    const { is_closed: reopened_now, line_manager } = this.#ticket(ticket_id, over)
    return { ticket: this.#move(ticket_id, { kind: 'reopen', line_manager }, over), reopened_now }
  }

  rate_ticket = ({ ticket_id, score, ...said }: PayloadOf<'rate_ticket'>): Ticket => {
    const ticket = this.#ticket(ticket_id, over)
    if (!ticket.is_closed && !ticket.rating) this.#world.refuse('conflict', 'The ticket is not closed yet')
    return this.#put({ ...ticket, rating: { score, comment: said.comment ?? null, rated_at: now() } })
  }

  #of(stream: string): Ticket | undefined {
    const { kind, id } = protocol.streamOwner(stream)
    return kind === 'ticket' ? this.#world.memory.tickets.get(id) : undefined
  }

  /** @param like is what one has that is not known */
  #ticket(_id: string, like: Partial<Ticket> = {}): Ticket {
    const { memory, role, user_id } = this.#world
    const known = memory.tickets.get(_id)
    // A fixture is what the contract takes.
    return known ?? (fixtures.ticket({ _id, ...(role === 'customer' && { user_id }), ...like }) as Ticket)
  }

  #detailed(ticket: Ticket): Ticket {
    const stream = protocol.ticketStream(ticket._id)
    const last = this.#world.streams.messages(stream).at(-1) as protocol.Message | undefined
    return { ...ticket, unread: this.#world.unreadIn(stream), ...(last && { last }) }
  }

  #move(ticketId: string, move: protocol.TicketMove, like?: Partial<Ticket>): Ticket {
    const ticket = this.#ticket(ticketId, like)
    const status = protocol.ticketMove(ticket, move, now())
    if ('refused' in status) return this.#world.refuse('conflict', status.refused)
    if (status === ticket) return ticket
    return this.#put({ ...ticket, ...status, is_closed: status.state === 'closed' })
  }

  #put(changed: Ticket): Ticket {
    const ticket = this.#world.memory.tickets.put({ ...changed, updated_at: now() })
    this.#world.push('ticket_updated', { data: ticket })
    return ticket
  }
}

const rising = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
const ageOf = ({ created_at, _id }: Ticket): string => `${created_at} ${_id}`
const activeAt = ({ updated_at, last }: Ticket): string =>
  last && last.created_at > updated_at ? last.created_at : updated_at

const orders = {
  newest: (a: Ticket, b: Ticket) => rising(ageOf(b), ageOf(a)),
  longest_waiting: (a: Ticket, b: Ticket) => rising(protocol.lineOrder(a), protocol.lineOrder(b)),
  last_activity: (a: Ticket, b: Ticket) => rising(activeAt(b), activeAt(a)),
}

function withoutDetails({ last: _last, unread: _unread, ...ticket }: Ticket): Ticket {
  return ticket
}

function fits(
  ticket: Ticket,
  { product, is_closed, states, line_manager, tag, text, day, order }: Filter,
): boolean {
  const { subject, display_name, user_id } = ticket
  const says = (what: string): boolean =>
    [subject, display_name, user_id].some((one) => one?.toLowerCase().includes(what))
  return (
    (product === undefined || ticket.product === product) &&
    (is_closed === undefined || ticket.is_closed === is_closed) &&
    (states === undefined || states.includes(ticket.state)) &&
    (line_manager === undefined || ticket.line_manager === line_manager) &&
    (tag === undefined || ticket.tags.includes(tag)) &&
    (day === undefined || ticket.created_at.startsWith(day)) &&
    (order !== 'longest_waiting' || !ticket.is_closed) &&
    (text === undefined || says(text.toLowerCase()))
  )
}
