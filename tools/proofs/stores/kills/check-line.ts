import type { LineManager, Message, Ticket } from '../../../../packages/protocol/src/index.ts'
import type { Person } from '../person.ts'
import type { Place } from '../place.ts'
import type { Findings } from './findings.ts'
import type { Closing, Ledger } from './ledger.ts'

const pageTickets = 1_000

/** Checks that the requested tickets are there, and that all counts and slots follow from them. Nothing may be under way. */
export async function checkLine(
  reader: Person,
  place: Place,
  ledger: Ledger,
  findings: Findings,
): Promise<void> {
  const tickets = await readTickets(reader)
  expectAsked(tickets, ledger, findings)
  expectClosed(tickets, ledger, findings)
  const managers = await reader.get<LineManager[]>('get_all_line_managers', {})
  expectCounted(managers, tickets, findings)
  await expectSlots(managers, place, findings)
}

/** Checks that each ticket's conversation contains its closing once. */
export async function checkClosings(
  reader: Person,
  closings: readonly Closing[],
  findings: Findings,
): Promise<void> {
  for (const ticket_id of new Set(closings.map((closing) => closing.ticket_id))) {
    const messages = await reader.get<Message[]>('get_ticket_messages', { ticket_id })
    const count = messages.filter(({ kind }) => kind === 'closed').length
    findings.expect(count === 1, count === 0 ? 'missing' : 'doubled', () => {
      return `ticket ${ticket_id} has ${count} messages that it was closed`
    })
  }
}

async function readTickets(reader: Person): Promise<Ticket[]> {
  const all: Ticket[] = []
  for (let more = true; more; ) {
    const before = all.at(-1)?._id
    const page = await reader.get<{ tickets: Ticket[]; more: boolean }>('get_tickets', {
      limit: pageTickets,
      ...(before !== undefined && { before }),
    })
    all.push(...page.tickets)
    more = page.more
  }
  return all
}

function expectAsked(tickets: readonly Ticket[], ledger: Ledger, findings: Findings): void {
  const byId = new Map(tickets.map((ticket) => [ticket._id, ticket]))
  findings.expect(byId.size === tickets.length, 'doubled', () => 'a ticket is listed twice')
  findings.expect(tickets.length <= ledger.tickets.length, 'doubled', () => {
    return `there are ${tickets.length} tickets of ${ledger.tickets.length} that were asked for`
  })
  for (const { answer, user_id, cid } of ledger.tickets) {
    const isKept = answer !== undefined && byId.get(answer._id)?.user_id === user_id
    findings.expect(isKept, 'missing', () => `ticket ${answer?._id} of ${user_id}, cid ${cid}`)
  }
}

function expectClosed(tickets: readonly Ticket[], ledger: Ledger, findings: Findings): void {
  const asked = new Set(ledger.closings.map(({ ticket_id }) => ticket_id))
  for (const { _id, is_closed } of tickets) {
    findings.expect(is_closed === asked.has(_id), 'line', () => {
      return `ticket ${_id} is ${is_closed ? 'closed, which nobody asked for' : 'open after it was closed'}`
    })
  }
  const first = new Set<string>()
  for (const { ticket_id, closedNow } of ledger.closings) {
    if (!closedNow) continue
    findings.expect(!first.has(ticket_id), 'doubled', () => `ticket ${ticket_id} was closed twice`)
    first.add(ticket_id)
  }
}

function expectCounted(
  managers: readonly LineManager[],
  tickets: readonly Ticket[],
  findings: Findings,
): void {
  const open = tickets.filter(({ is_closed }) => !is_closed)
  const waiting = open.filter(({ line_manager }) => line_manager === null).length
  for (const { user_id, ticket_count, capacity } of managers) {
    const has = open.filter(({ line_manager }) => line_manager === user_id).length
    findings.expect(ticket_count === has, 'line', () => `${user_id} counts ${ticket_count}, and has ${has}`)
    if (capacity === null) continue
    findings.expect(has <= capacity, 'line', () => `${user_id} has ${has} of at most ${capacity}`)
    findings.expect(waiting === 0 || has === capacity, 'line', () => {
      return `${waiting} tickets wait, and ${user_id} has only ${has} of ${capacity}`
    })
  }
}

async function expectSlots(
  managers: readonly LineManager[],
  place: Place,
  findings: Findings,
): Promise<void> {
  const capacities = new Map(managers.map(({ user_id, capacity }) => [user_id, capacity]))
  const taken = new Set<string>()
  for (const { line_manager, slot, is_closed } of await place.slots()) {
    const needsSlot = line_manager !== null && !is_closed
    findings.expect(needsSlot === (slot !== null), 'line', () => {
      return `a ${is_closed ? 'closed' : 'open'} ticket of ${line_manager} has slot ${slot}`
    })
    if (slot === null || line_manager === null) continue
    const name = `${line_manager} ${slot}`
    findings.expect(!taken.has(name), 'line', () => `slot ${name} is taken twice`)
    taken.add(name)
    const most = capacities.get(line_manager) ?? Number.POSITIVE_INFINITY
    findings.expect(slot >= 1 && slot <= most, 'line', () => `slot ${name} is none of ${most}`)
  }
}
