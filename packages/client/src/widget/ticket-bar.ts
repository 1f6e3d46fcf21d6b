import type { Ticket } from '../entities.ts'
import type { WidgetContext } from './context.ts'
import { focusedIn, h, say as setText, show } from './dom.ts'
import { failureText } from './words.ts'

/** Where a conversation stands, and how to end it. */
export interface TicketBar {
  readonly element: HTMLElement
  readonly render: (ticket: Ticket, text: string) => void
}

export function createTicketBar({ client, say, goTo, hold }: WidgetContext, ticketId: string): TicketBar {
  const text = h('p', { role: 'status' })
  const button = (label: string, onClick: () => void, name = label): HTMLButtonElement =>
    h('button', { type: 'button', class: 'plain small', 'aria-label': name, hidden: true, onClick }, label)
  const end = button(say('end_short'), () => ask(true), say('end'))
  const yes = button(say('end_yes'), () => void close())
  const no = button(say('end_no'), () => ask(false))
  const start = button(say('new_conversation'), () => goTo({ view: 'form' }))
  const element = h('div', { class: 'state' }, text, yes, no, end, start)
  let shown: { readonly ticket: Ticket; readonly text: string } | undefined
  let isAsking = false

  function ask(next: boolean): void {
    isAsking = next
    draw()
    ;(next ? no : end).focus()
  }

  async function close(): Promise<void> {
    try {
      await hold(client.tickets.close(ticketId))
      isAsking = false
      draw()
    } catch (error) {
      setText(text, say('failed', { reason: failureText(say, error) }))
    }
  }

  function draw(): void {
    if (!shown) return
    const isOpen = !shown.ticket.is_closed
    const focused = focusedIn(element)
    setText(text, isAsking && isOpen ? say('end_question') : shown.text)
    show(end, isOpen && !isAsking)
    show(yes, isOpen && isAsking)
    show(no, isOpen && isAsking)
    show(start, !isOpen)
    if (focused?.hidden) (isOpen ? end : start).focus()
  }

  return {
    element,
    render(ticket, next) {
      shown = { ticket, text: next }
      if (ticket.is_closed) isAsking = false
      draw()
    },
  }
}
