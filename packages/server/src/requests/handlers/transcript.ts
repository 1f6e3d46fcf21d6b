import {
  type DataOf,
  isMessage,
  type Message,
  type Page,
  type PayloadOf,
  type Ticket,
  topicTitle,
} from '@dowellchat/protocol'
import type { Context } from '../handler.ts'
import { requireTicket } from './access.ts'
import { ticketKey } from './sending.ts'

const messagesAtOnce = 200

/** A part of a ticket's conversation as a text to keep. */
export async function getTranscript(
  { ticket_id, format, after = 0 }: PayloadOf<'get_transcript'>,
  context: Context,
): Promise<DataOf<'get_transcript'>> {
  const ticket = await requireTicket(context, ticket_id)
  const { messages, next } = await messagesAfter(after, ticket_id, context)
  if (format === 'json')
    return { text: messages.map((message) => `${JSON.stringify(message)}\n`).join(''), next }
  const head = after === 0 ? await headOf(ticket, context) : ''
  return { text: head + messages.map(lineOf).join(''), next }
}

/** @param after the `nth` of the last message known */
async function messagesAfter(
  after: number,
  ticketId: string,
  context: Context,
): Promise<{ readonly messages: readonly Message[]; readonly next: number | null }> {
  const range = { following: after, limit: messagesAtOnce }
  const stored = await context.store.streams.page(ticketKey(context, ticketId), range)
  if (!stored) return { messages: [], next: null }
  // The text is a page's that the store has made.
  const { entries, head } = JSON.parse(stored.text) as Page
  const messages = entries.filter(isMessage).filter(({ nth }) => nth > after)
  const last = messages.at(-1)
  return { messages, next: last && last.nth < head.nth ? last.nth : null }
}

/** What the ticket is, before its first line. */
async function headOf(
  { subject, user_id, display_name, created_at, product }: Ticket,
  { session, store }: Context,
): Promise<string> {
  const topic = await store.topics.get(session.workspace_id, product)
  const about = subject === null ? '' : `${subject}\n`
  const title = topicTitle(topic ?? { name: product })
  return `${about}${display_name ?? user_id}, ${title}, ${timeOf(created_at)}\n\n`
}

/** Further lines of a message are indented, so that each message begins where a line does. */
function lineOf({ created_at, display_name, author, message_data, kind, attachments = [] }: Message): string {
  const text = kind === 'removed' ? '(removed)' : message_data.replaceAll('\n', '\n    ')
  const files = attachments.map(({ name }) => `[${name}]`)
  const said = [...(text === '' ? [] : [text]), ...files].join(' ')
  return `${timeOf(created_at)} ${display_name ?? author ?? 'Somebody'}: ${said}\n`
}

/** As `2026-11-27 17:05 UTC`. */
function timeOf(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`
}
