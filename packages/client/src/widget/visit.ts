import type { Ticket } from '../entities.ts'
import { createChatView } from './chat-view.ts'
import type { View, WidgetContext, WidgetPlace } from './context.ts'
import { createFormView } from './form-view.ts'
import { createListView } from './list-view.ts'
import type { WidgetChanges, WidgetOptions } from './options.ts'
import type { Panel } from './panel.ts'
import { openSession } from './session.ts'
import type { WidgetShell } from './shell.ts'
import { createUnsent } from './unsent.ts'
import { failureText } from './words.ts'

/** What the client says itself; the server refuses as `forbidden` too, such as an origin. A mark would make every client larger. */
const otherUser = 'Another user needs another client'

interface VisitParts extends Pick<WidgetContext, 'say'> {
  readonly shell: WidgetShell
  readonly panel: Panel
  readonly options: WidgetOptions
  /** Somebody else has written. */
  readonly onMessage: () => void
  /** The page's tokens are another visitor's by now. */
  readonly onOther: () => void
}

/** What one visitor sees, from their connection to the view. */
export interface Visit {
  readonly goTo: (place: WidgetPlace) => void
  readonly setOpen: (isOpen: boolean) => void
  /** Answers false where it is another visitor. */
  readonly update: (changes: WidgetChanges) => boolean
  readonly close: () => void
}

export function openVisit({ shell, panel, options, say, onMessage, onOther }: VisitParts): Visit {
  const session = openSession(options)
  const { client } = session
  const tickets = client.tickets.list({ details: true })
  const unsent = createUnsent(client)
  const context: WidgetContext = {
    ...{ client, options, say, goTo, hold, unsent },
    rename: session.rename,
  }
  let place: WidgetPlace | undefined
  let view: View | null = null
  let isOpen = false
  let isOver = false
  /** The conversation that somebody comes back to. */
  let current: Ticket | undefined
  let unread: number | undefined
  /** What must be done before the connection may close. */
  let held = 0
  let letGo: (() => void) | undefined
  /** The last one that was said to those who put the widget on the page. */
  let refusal: Error | undefined

  function goTo(next: WidgetPlace): void {
    if (isOver) return
    place = next
    view = viewOf(context, next)
    panel.setView(view)
    panel.showBack(next.view !== 'list' && tickets.getSnapshot().items.length > 0)
    view.setVisible?.(isOpen)
    look()
  }

  /** Where a visitor begins: in the conversation that goes on, among those that are over, or with a new one. */
  function begin(): void {
    if (current) goTo({ view: 'chat', ticketId: current._id })
    else goTo({ view: tickets.getSnapshot().items.length > 0 ? 'list' : 'form' })
  }

  /** Shows what is new, which the visitor opens it for, unless they see something new already, or write about something else. */
  function showNews(): void {
    if (!place || place.view === 'form' || !current?.unread) return
    const { items } = tickets.getSnapshot()
    const shown = place.view === 'chat' ? place.ticketId : undefined
    if (!items.find(({ _id }) => _id === shown)?.unread) begin()
  }

  function look(): void {
    if (isOver) return
    const state = client.connection.getSnapshot()
    if (state.status === 'refused' && state.session && state.error.message === otherUser) {
      // Nothing of what is shown is theirs.
      onOther()
      return
    }
    const { status, items } = tickets.getSnapshot()
    panel.setNotice(noticeOf())
    if (status !== 'ready') return
    current = currentOf(items, current)
    shell.remember(current !== undefined || hasUnsent())
    count(items)
    connect()
    if (!place) begin()
    else panel.showBack(place.view !== 'list' && items.length > 0)
  }

  function noticeOf(): string {
    const state = client.connection.getSnapshot()
    if (state.status === 'refused') {
      if (state.error !== refusal) console.error('dowellchat widget: the visitor is refused', state.error)
      refusal = state.error
      return say('refused', { reason: failureText(say, refusal) })
    }
    return state.status === 'offline' ? say('offline') : ''
  }

  function count(items: readonly Ticket[]): void {
    const before = unread
    unread = items.reduce((sum, ticket) => sum + (ticket.unread ?? 0), 0)
    if (unread === before) return
    shell.showUnread(unread)
    if (before !== undefined && unread > before) onMessage()
  }

  const hasUnsent = (): boolean => client.outbox.getSnapshot().unsent > 0

  /** Nobody who has asked nothing holds a connection. */
  function connect(): void {
    const isNeeded = isOpen || current !== undefined || held > 0 || hasUnsent()
    session.setConnected(isNeeded)
    if (isNeeded) letGo ??= tickets.retain()
    else {
      letGo?.()
      letGo = undefined
    }
  }

  async function hold<T>(work: Promise<T>): Promise<T> {
    held += 1
    try {
      return await work
    } finally {
      held -= 1
      look()
    }
  }

  const stops = [tickets, client.connection, client.outbox].map((one) => one.subscribe(look))
  panel.setView(null)
  // A conversation goes on, as the last page has left word.
  session.setConnected(true)
  letGo = tickets.retain()
  return {
    goTo,
    setOpen(next) {
      isOpen = next
      if (next) showNews()
      view?.setVisible?.(next)
      connect()
    },
    update({ auth }) {
      try {
        session.update(auth)
        return true
      } catch {
        return false
      }
    },
    close() {
      isOver = true
      for (const stop of stops) stop()
      panel.setView(null)
      letGo?.()
      unsent.close()
      session.close()
      shell.showUnread(0)
    },
  }
}

/** The conversation where something is new, first one that is open; else the one that goes on. */
function currentOf(items: readonly Ticket[], before: Ticket | undefined): Ticket | undefined {
  // How much is unread of a ticket is not known at once; until then the one that was current stays.
  const hasNews = ({ _id, unread }: Ticket): boolean =>
    unread === undefined ? _id === before?._id : unread > 0
  const open = items.filter(({ is_closed }) => !is_closed)
  return open.find(({ unread = 0 }) => unread > 0) ?? items.find(hasNews) ?? open[0]
}

function viewOf(context: WidgetContext, place: WidgetPlace): View {
  if (place.view === 'chat') return createChatView(context, place.ticketId)
  return place.view === 'list' ? createListView(context) : createFormView(context)
}
