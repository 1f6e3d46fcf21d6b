import type { Ticket } from '../entities.ts'
import type { View, WidgetContext } from './context.ts'
import { h } from './dom.ts'
import { dayAndTime, topicTitle } from './words.ts'

/** The visitor's conversations, newest first. */
export function createListView({ client, say, goTo }: WidgetContext): View {
  const list = client.tickets.list()
  const rows = h('ul', { class: 'conversations' })
  const more = h(
    'button',
    { type: 'button', class: 'plain', onClick: () => void list.loadMore().catch(() => undefined) },
    say('older'),
  )
  const start = h(
    'button',
    { type: 'button', class: 'primary', onClick: () => goTo({ view: 'form' }) },
    say('new_conversation'),
  )
  const element = h(
    'div',
    { class: 'scroll stack' },
    start,
    h('h3', { class: 'faint', id: 'conversations' }, say('conversations')),
    rows,
    more,
  )
  rows.setAttribute('aria-labelledby', 'conversations')

  let shown: readonly Ticket[] = []

  function rowOf(ticket: Ticket): HTMLElement {
    const { _id, subject, product, is_closed, created_at } = ticket
    const about = `${say(is_closed ? 'is_closed' : 'is_open')} · ${dayAndTime(created_at)}`
    const titleOf =
      subject ??
      topicTitle(
        client.topics
          .list()
          .getSnapshot()
          .items.find((one) => one.name === product) ?? { name: product, title: null },
      )
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', onClick: () => goTo({ view: 'chat', ticketId: _id }) },
        h('span', {}, titleOf),
        h('span', { class: 'faint' }, about),
      ),
    )
  }

  function render(): void {
    const { items, hasMore } = list.getSnapshot()
    // Otherwise the row that has the focus would lose it.
    if (items !== shown) rows.replaceChildren(...items.map(rowOf))
    shown = items
    more.hidden = !hasMore
  }

  const letGo = list.retain()
  const stop = list.subscribe(render)
  render()
  return {
    element,
    focus: () => start.focus(),
    destroy() {
      stop()
      letGo()
    },
  }
}
