import type { Message, Ticket } from '../../../../packages/protocol/src/index.ts'
import type { Person } from '../person.ts'
import type { ServerProcess } from '../server-process.ts'
import type { Ledger } from './ledger.ts'
import { product } from './load.ts'

/** Repeats every unanswered request with the same cid, as a client does; resolves to how many these were. */
export async function retryUnanswered(server: ServerProcess, ledger: Ledger): Promise<number> {
  const people = new Map<string, Promise<Person>>()
  const as = (name: string, role?: 'agent'): Promise<Person> => {
    const person = people.get(name) ?? server.connect(name, role)
    people.set(name, person)
    return person
  }
  const messages = ledger.messages.filter(({ answer }) => !answer)
  const tickets = ledger.tickets.filter(({ answer }) => !answer)
  const closings = ledger.closings.filter(({ closedNow }) => closedNow === undefined)
  await Promise.all([
    ...messages.map(async (sent) => {
      const { author, room: room_id, cid, message_data } = sent
      const person = await as(author)
      sent.answer = await person.get<Message>('message_event', { room_id, cid, message_data })
    }),
    ...tickets.map(async (asked) => {
      const person = await as(asked.user_id)
      ledger.answered(asked, await person.get<Ticket>('create_ticket', { product, cid: asked.cid }))
    }),
    ...closings.map(async (closing) => {
      const { ticket_id, by } = closing
      const person = await as(by, 'agent')
      closing.closedNow = (
        await person.get<{ closed_now: boolean }>('close_ticket', { ticket_id })
      ).closed_now
    }),
  ])
  for (const person of people.values()) (await person).leave()
  return messages.length + tickets.length + closings.length
}
