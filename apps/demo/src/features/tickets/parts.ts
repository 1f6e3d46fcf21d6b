// What of tickets is loaded after the first page: one file, for what its parts share.
export { TicketChat } from './ticket-chat.tsx'
export { TicketsPage } from './tickets-page.tsx'
