/** The stream of a room. */
export function roomStream(room: string): string {
  return `room:${room}`
}

/** The stream of a ticket's conversation. */
export function ticketStream(ticketId: string): string {
  return `ticket:${ticketId}`
}

/** The stream of a message's thread. */
export function threadStream(messageId: string): string {
  return `thread:${messageId}`
}

/** The stream of the private notes about a ticket. */
export function notesStream(ticketId: string): string {
  return `notes:${ticketId}`
}
