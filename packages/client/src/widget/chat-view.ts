import type { Ticket } from '../entities.ts'
import { createComposer } from './composer.ts'
import type { View, WidgetContext } from './context.ts'
import { h, say as setText, show } from './dom.ts'
import { createMessageList } from './message-list.ts'
import { followPlace, type Place } from './place.ts'
import { createRating } from './rating.ts'
import { createScroller } from './scroller.ts'
import { createTicketBar } from './ticket-bar.ts'
import { placeText } from './words.ts'

/** One conversation: where it stands, what was said, and where to write. */
export function createChatView(context: WidgetContext, ticketId: string): View {
  const { client, say } = context
  const ticket = client.tickets.get(ticketId)
  const stream = client.tickets.messages(ticketId)
  const typing = client.presence.typing({ ticket: ticketId })
  const bar = createTicketBar(context, ticketId)
  const list = createMessageList(context)
  const older = h(
    'button',
    { type: 'button', class: 'plain small', hidden: true, onClick: loadOlder },
    say('older'),
  )
  const scroller = createScroller(context, [older, list.element])
  const writing = h('p', { class: 'typing', role: 'status' })
  const rating = createRating(context, ticketId)
  const composer = createComposer(context, { ticketId, stream, typing, onSend: () => scroller.toEnd() })
  const element = h(
    'div',
    { class: 'view' },
    bar.element,
    ...scroller.elements,
    writing,
    rating.element,
    composer.element,
  )
  let place: Place | null = null
  let isInLine = false
  let stopPlace = (): void => {}
  let isVisible = false

  function renderTicket(): void {
    const { data } = ticket.getSnapshot()
    if (!data) return
    followIn(data)
    const away = client.topics
      .list()
      .getSnapshot()
      .items.find(({ name }) => name === data.product)?.away_text
    bar.render(data, stateText(data, away))
    rating.render(data)
    const { messages } = stream.getSnapshot()
    const isOver = messages.some(({ error }) => error?.code === 'ticket_closed')
    composer.setHint(say(data.is_closed && !isOver ? 'write_again' : 'write'))
  }

  /** A ticket has a place until it is answered. */
  function followIn({ state }: Ticket): void {
    const isNow = state === 'waiting' || state === 'assigned'
    if (isNow === isInLine) return
    // Before it is followed: what is known of the place is shown at once.
    isInLine = isNow
    stopPlace()
    place = null
    stopPlace = isNow ? followPlace(client, { ticketId }, showPlace) : () => {}
  }

  function showPlace(next: Place | null): void {
    place = next
    renderTicket()
  }

  function stateText({ state, line_manager }: Ticket, away: string | null | undefined): string {
    if (state === 'closed') return say('closed')
    if (state === 'on_hold') return say('on_hold')
    if (state === 'waiting') return placeText(say, place, away)
    if (state === 'assigned') return place ? placeText(say, place) : say('has_it')
    const rows = stream.getSnapshot().messages
    const name = rows.findLast(
      ({ message }) => message.author === line_manager && message.display_name !== null,
    )?.message.display_name
    return name ? say('answered', { name }) : say('answered_somebody')
  }

  function renderMessages(): void {
    const { messages, hasOlder, status } = stream.getSnapshot()
    show(older, hasOlder)
    scroller.keep(() => list.render(messages))
    scroller.setBusy(status === 'loading')
    renderTicket()
    read()
  }

  /** Nobody reads in a tab that is behind others. */
  function read(): void {
    if (isVisible && !document.hidden && stream.getSnapshot().unread > 0) stream.markRead()
  }

  function loadOlder(): void {
    stream.loadOlder().catch(() => undefined)
  }

  function renderTyping(): void {
    const [first, ...others] = typing.getSnapshot().typing
    const name = first?.display_name ?? say('support')
    const text = others.length > 0 ? say('some_are_writing') : say('is_writing', { name })
    setText(writing, first ? text : '')
  }

  const topics = client.topics.list()
  const stops = [
    ticket.retain(),
    stream.retain(),
    typing.retain(),
    topics.retain(),
    ticket.subscribe(renderTicket),
    topics.subscribe(renderTicket),
    stream.subscribe(renderMessages),
    typing.subscribe(renderTyping),
  ]
  document.addEventListener('visibilitychange', read)
  renderMessages()
  return {
    element,
    focus: () => composer.focus(),
    setVisible(next) {
      isVisible = next
      read()
    },
    destroy() {
      document.removeEventListener('visibilitychange', read)
      stopPlace()
      for (const stop of stops) stop()
      composer.destroy()
    },
  }
}
