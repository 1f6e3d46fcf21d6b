import type { Role } from '@dowellchat/client'

export interface ReadyMadePerson {
  readonly name: string
  readonly role: Role
  readonly about: string
}

/** People whom the server knows at its first start, where the agents take tickets already. */
export const readyMadePeople: readonly ReadyMadePerson[] = [
  { name: 'Ann Keller', role: 'customer', about: 'Chats, calls and asks for support' },
  { name: 'Ben Okafor', role: 'customer', about: 'Waits for an answer to his ticket' },
  { name: 'Meg Ortiz', role: 'agent', about: 'Answers customers’ tickets' },
  { name: 'Sam Lindqvist', role: 'agent', about: 'Answers tickets when Meg is busy' },
  { name: 'Ruth Adler', role: 'admin', about: 'Sets up topics and agents' },
]
