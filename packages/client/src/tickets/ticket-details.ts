import { limits } from '@dowellchat/protocol/core'
import type { PushOf, Ticket } from '../entities.ts'
import { together } from '../live/stops.ts'
import { isOwnId } from '../presence/own-id.ts'
import type { Wire } from '../requests/wire.ts'
import { activityOf, type RoomActivity } from '../rooms/listed-rooms.ts'

type Activity = Pick<RoomActivity, 'head' | 'last'>

const prefix = 'ticket:'

/** Follows what lists show of tickets beside the tickets themselves: their last messages, and how much is unread. */
export function watchDetails(
  { connection, on }: Pick<Wire, 'connection' | 'on'>,
  shownOf: (ticketId: string) => Ticket | undefined,
  put: (ticket: Ticket) => void,
): () => void {
  const isOwn = (id: string | null): boolean => id !== null && isOwnId(connection, id)

  function change(ticketId: string, changed: (ticket: Ticket) => Ticket): void {
    const shown = shownOf(ticketId)
    const now = shown && changed(shown)
    if (now && now !== shown) put(now)
  }

  function onEntries({ stream, entries }: PushOf<'entries'>): void {
    const id = ticketOf(stream)
    if (id === undefined) return
    change(id, (ticket) =>
      entries.reduce((now, entry) => {
        const activity = activityOf({ _id: id, last: now.last ?? null }, entry)
        return activity ? withActivity(now, activity, isOwn) : now
      }, ticket),
    )
  }

  function onReader({ data: { stream, unread } }: PushOf<'reader_changed'>): void {
    const id = ticketOf(stream)
    if (id !== undefined) change(id, (ticket) => (ticket.unread === unread ? ticket : { ...ticket, unread }))
  }

  return together(
    on.ticket_activity(({ tickets }) => {
      for (const { ticket_id, ...activity } of tickets)
        change(ticket_id, (ticket) => withActivity(ticket, activity, isOwn))
    }),
    on.entries(onEntries),
    on.reader_changed(onReader),
  )
}

/** How soon those are asked for that have come to a list without their details, all of them together. */
const lookUpMs = 1_000

/** Asks for the details of tickets that have come to a list without them. */
export function createDetailsLookUp(
  ask: () => Promise<{ readonly items: readonly Ticket[] }>,
  shownOf: (ticketId: string) => Ticket | undefined,
  put: (ticket: Ticket) => void,
): { readonly soon: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined

  async function lookUp(): Promise<void> {
    timer = undefined
    // What fails is asked for again with the next one, or when the list is loaded again.
    const found = await ask().catch(() => ({ items: [] }))
    for (const { _id, last, unread } of found.items) {
      const shown = shownOf(_id)
      if (shown && shown.unread === undefined && unread !== undefined)
        put({ ...shown, ...(last && { last }), unread })
    }
  }

  return {
    soon() {
      timer ??= setTimeout(() => void lookUp(), lookUpMs)
    },
    stop: () => clearTimeout(timer),
  }
}

/** What becomes of a ticket by new messages, or by changes of its last one. */
export function withActivity(
  ticket: Ticket,
  { last }: Activity,
  isOwn: (userId: string | null) => boolean,
): Ticket {
  const known = ticket.last?.nth ?? 0
  if (!last || last === ticket.last || last.nth < known) return ticket
  if (last.nth === known) return { ...ticket, last }
  const unread = isOwn(last.author) ? 0 : (ticket.unread ?? 0) + last.nth - known
  return { ...ticket, last, unread: Math.min(unread, limits.unread_counted) }
}

/** A ticket as it is now, with the details that were known of it. */
export function withDetails(ticket: Ticket, known: Ticket | undefined): Ticket {
  if (!known) return ticket
  const { last, unread } = known
  return { ...(last && { last }), ...(unread !== undefined && { unread }), ...ticket }
}

function ticketOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined
}
