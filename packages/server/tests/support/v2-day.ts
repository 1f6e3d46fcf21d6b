import { expect } from 'vitest'
import { key, type V2Client } from './v2-client.ts'
import { dataOf, nullable, success, type Ticket, ticketFields } from './v2-frames.ts'

/** The day of a ticket, as V2's pages name it. */
export const dayOf = ({ created_at }: { created_at: string }): string =>
  created_at.slice(0, 10).replaceAll('-', '_')

/** What a V2 page is told of how long a ticket waits. */
export const minutes = (waiting_time: unknown) => [
  'waiting_time_response',
  success('create_ticket', { waiting_time }),
]

export const newTicket = (data: unknown) => ['new_ticket', { data, status: 'success' }]

/** A success on an event of V2's answers. */
export const answered = (event: string, operation: string, data: unknown) => [event, success(operation, data)]

export type DatedTicket = Ticket & { readonly created_at: string }

/** Opens a ticket as a page does that keeps the user id which it is given, and hears its minutes; then what `further` says. */
export async function openTicket(
  page: V2Client,
  fields: Record<string, unknown>,
  expected: Record<string, unknown>,
  ...further: ((ticket: unknown) => unknown[])[]
): Promise<DatedTicket> {
  page.emit('create_ticket', { ...key, user_id: null, created_at: new Date(), ...fields })
  const ticket = { ...ticketFields, display_name: null, ...expected }
  const [answer] = await page.hears(
    ['ticket_response', success('create_ticket', ticket)],
    minutes(expected.waiting_time ?? nullable(expect.any(Number))),
    ...further.map((frameOf) => frameOf(ticket)),
  )
  return dataOf(answer)
}

/** Makes a share link; resolves to its address. */
export async function makeLink(page: V2Client, fields: Record<string, unknown>): Promise<URL> {
  const url = 'https://shop.example/chat?lang=en'
  page.emit('generate_share_link', { ...key, url, created_at: new Date().toISOString(), ...fields })
  const link = expect.stringMatching(/^https:\/\/shop\.example\/chat\?lang=en&link_id=\d{20}$/)
  const [answer] = await page.hears(answered('share_link_response', 'generate_share_link', link))
  return new URL(dataOf<string>(answer))
}

/** What a page asks for by the address that its visitor has opened. */
export const linkIdOf = (link: URL): string => link.searchParams.get('link_id') ?? ''
