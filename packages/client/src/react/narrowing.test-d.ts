import { expectTypeOf, it } from 'vitest'
import type { ConnectionError, RequestError, Room, Ticket, UseRoom, UseTicket, UseTickets } from './index.ts'

declare const ticket: UseTicket
declare const room: UseRoom
declare const tickets: UseTickets

it('[HK1] has its data when it is ready, and an error when it failed', () => {
  if (ticket.status === 'ready') {
    expectTypeOf(ticket.ticket).toEqualTypeOf<Ticket>()
    expectTypeOf(ticket.error).toEqualTypeOf<RequestError | ConnectionError | null>()
  } else expectTypeOf(ticket.ticket).toEqualTypeOf<null>()
  if (ticket.status === 'error') expectTypeOf(ticket.error).toEqualTypeOf<RequestError | ConnectionError>()
  if (ticket.status === 'skipped' || ticket.status === 'loading')
    expectTypeOf(ticket.error).toEqualTypeOf<null>()
  if (room.status === 'ready') expectTypeOf(room.room).toEqualTypeOf<Room>()
  expectTypeOf(tickets.tickets).toEqualTypeOf<readonly Ticket[]>()
  if (tickets.status === 'error') expectTypeOf(tickets.error.message).toEqualTypeOf<string>()
})
