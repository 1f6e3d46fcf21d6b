import type { Ticket } from '../entities.ts'
import type { View, WidgetContext } from './context.ts'
import { h } from './dom.ts'
import { dayAndTime, topicTitle } from './words.ts'

/** The visitor's conversations, newest first. */
export function createListView({ client, say, goTo }: WidgetContext): View {
  const list = client.tickets.list({ details: true })
  const topics = client.topics.list()
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

  /** What is shown of each, as text: a row that says the same stays, with the focus that it may have. */
  let shown = new Map<string, { readonly text: string; readonly row: HTMLElement }>()

  function rowOf(ticket: Ticket): { readonly text: string; readonly row: HTMLElement } {
    const { _id, subject, product, is_closed, created_at, unread = 0 } = ticket
    const state = say(is_closed ? 'is_closed' : 'is_open')
    const news = unread > 0 ? ` · ${say('new_messages')}` : ''
    const about = `${state} · ${dayAndTime(created_at)}${news}`
    const topic = topics.getSnapshot().items.find(({ name }) => name === product)
    const title = subject ?? topicTitle(topic ?? { name: product, title: null })
    const text = JSON.stringify([title, about])
    const known = shown.get(_id)
    if (known?.text === text) return known
    const row = h(
      'li',
      {},
      h(
        'button',
        { type: 'button', onClick: () => goTo({ view: 'chat', ticketId: _id }) },
        h('span', {}, title),
        h('span', { class: 'faint' }, about),
      ),
    )
    return { text, row }
  }

  function render(): void {
    const { items, hasMore } = list.getSnapshot()
    const before = [...shown.values()].map(({ row }) => row)
    shown = new Map(items.map((ticket) => [ticket._id, rowOf(ticket)]))
    const after = [...shown.values()].map(({ row }) => row)
    if (before.length !== after.length || after.some((row, at) => row !== before[at]))
      rows.replaceChildren(...after)
    more.hidden = !hasMore
  }

  const stops = [list.retain(), topics.retain(), list.subscribe(render), topics.subscribe(render)]
  render()
  return {
    element,
    focus: () => start.focus(),
    destroy() {
      for (const stop of stops) stop()
    },
  }
}
