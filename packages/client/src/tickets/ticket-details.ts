import { limits } from '@dowellchat/protocol/core'
import type { PushOf, Ticket } from '../entities.ts'
import { together } from '../live/stops.ts'
import { isOwnId } from '../presence/own-id.ts'
import type { Wire } from '../requests/wire.ts'
import { activityOf, type RoomActivity } from '../rooms/listed-rooms.ts'

type Activity = Pick<RoomActivity, 'head' | 'last'>

const prefix = 'ticket:'

/** The list whose tickets have details. */
interface DetailedList {
  readonly items: () => readonly Ticket[]
  readonly shownOf: (ticketId: string) => Ticket | undefined
  /** Whether what it shows is current; false while it is loaded. */
  readonly isCurrent: () => boolean
  readonly put: (ticket: Ticket) => void
  /** Asks for its first tickets, or for those from one's place on, with their details. */
  readonly ask: (ticketId?: string) => Promise<{ readonly items: readonly Ticket[] }>
}

/** How soon those are asked for that have come to a list without their details, all of them together. */
const lookUpMs = 1_000

/**
 * Follows what a list shows of its tickets beside the tickets themselves: their last messages, and how much is unread. Call `heard`
 * for each ticket that has come to it.
 */
export function watchDetails(
  { connection, on }: Pick<Wire, 'connection' | 'on'>,
  { items, shownOf, isCurrent, put, ask }: DetailedList,
): { readonly heard: (ticketId: string) => void; readonly stop: () => void } {
  const isOwn = (id: string | null): boolean => isOwnId(connection, id)
  const wanted = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false

  function lookUpSoon(ticketId: string): void {
    wanted.add(ticketId)
    timer ??= setTimeout(() => void lookUp(), lookUpMs)
  }

  async function lookUp(): Promise<void> {
    timer = undefined
    const asked = new Set(wanted)
    wanted.clear()
    function take(answer: { readonly items: readonly Ticket[] }): void {
      for (const ticket of answer.items) {
        const shown = shownOf(ticket._id)
        // Something may have happened meanwhile that the answer does not know: then it is asked again.
        if (shown && asked.has(ticket._id) && !wanted.has(ticket._id)) put({ ...shown, ...detailsOf(ticket) })
        asked.delete(ticket._id)
      }
    }
    try {
      take(await ask())
      // Further down, from above: each answer has what is below one's place, so mostly several of them.
      for (const { _id } of items()) if (asked.has(_id) && !isStopped) take(await ask(_id))
    } catch {
      // What fails is asked for again with the next one, or when the list is loaded again.
      for (const id of asked) wanted.add(id)
    }
  }

  /** Whether a ticket is shown without its details, or its details are on their way with the list. */
  function lacksDetails(ticketId: string): boolean {
    const shown = shownOf(ticketId)
    return shown ? shown.unread === undefined : !isCurrent()
  }

  function change(ticketId: string, changed: (ticket: Ticket) => Ticket): void {
    if (lacksDetails(ticketId)) {
      lookUpSoon(ticketId)
      return
    }
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

  const stop = together(
    on.ticket_activity(({ tickets }) => {
      for (const { ticket_id, ...activity } of tickets)
        change(ticket_id, (ticket) => withActivity(ticket, activity, isOwn))
    }),
    on.entries(onEntries),
    on.reader_changed(onReader),
  )
  return {
    heard(ticketId) {
      if (lacksDetails(ticketId)) lookUpSoon(ticketId)
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
      stop()
    },
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

/** A ticket as it is now, with its own details or those that are known of it: the newer ones. */
export function withDetails(ticket: Ticket, known: Ticket | undefined): Ticket {
  if (!known) return ticket
  const isOlder = ticket.unread === undefined || (known.last?.nth ?? 0) > (ticket.last?.nth ?? 0)
  return isOlder ? { ...ticket, ...detailsOf(known) } : ticket
}

function detailsOf({ last, unread }: Ticket): Pick<Ticket, 'last' | 'unread'> {
  return { ...(last && { last }), ...(unread !== undefined && { unread }) }
}

function ticketOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined
}
