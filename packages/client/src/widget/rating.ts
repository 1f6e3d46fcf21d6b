import type { Ticket } from '../entities.ts'
import type { WidgetContext } from './context.ts'
import { focusedIn, h, icon, say as setText, show } from './dom.ts'
import { failureText } from './words.ts'

/** Asks how it went, once a conversation is closed. */
export interface RatingForm {
  readonly element: HTMLElement
  readonly render: (ticket: Ticket) => void
}

const scores = [1, 2, 3, 4, 5]

export function createRating({ client, say, hold }: WidgetContext, ticketId: string): RatingForm {
  let score = 0
  let isChanging = false
  let shown: Ticket | undefined
  const stars = scores.map((one) => {
    const input = h('input', {
      type: 'radio',
      name: 'score',
      value: one,
      'aria-label': say('rate_label', { score: one }),
      onChange: () => choose(one),
    })
    return h('label', {}, input, icon('star'))
  })
  const comment = h('input', {
    type: 'text',
    maxlength: 1_000,
    'aria-label': say('rate_comment'),
    placeholder: say('rate_comment'),
  })
  const more = h(
    'div',
    { class: 'stack', hidden: true },
    comment,
    h('div', {}, h('button', { class: 'primary' }, say('rate_send'))),
  )
  const wrong = h('p', { class: 'wrong', role: 'alert' })
  const form = h(
    'form',
    { onSubmit: submit },
    h('fieldset', {}, h('legend', {}, say('rate')), h('div', { class: 'stars' }, ...stars)),
    more,
    wrong,
  )
  const thanks = h('p', { role: 'status' })
  const change = h('button', { type: 'button', class: 'plain small', onClick: again }, say('rate_again'))
  const done = h('div', { class: 'row', hidden: true }, thanks, change)
  const element = h('div', { class: 'rating', hidden: true }, form, done)

  function choose(next: number): void {
    score = next
    for (const [at, star] of stars.entries()) star.classList.toggle('is-on', at < score)
    show(more, true)
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault()
    // Enter sends a form, also one whose button is hidden.
    if (score === 0) return
    const text = comment.value.trim()
    try {
      const comments = text === '' ? {} : { comment: text }
      const ticket = await hold(client.request.rate_ticket({ ticket_id: ticketId, score, ...comments }))
      setText(wrong, '')
      isChanging = false
      render(ticket)
    } catch (error) {
      setText(wrong, say('failed', { reason: failureText(say, error) }))
    }
  }

  function again(): void {
    isChanging = true
    if (shown) render(shown)
    stars[score - 1]?.querySelector('input')?.focus()
  }

  function render(ticket: Ticket): void {
    // The answer may be newer than what was loaded.
    if (shown && shown.updated_at > ticket.updated_at) return
    shown = ticket
    const { rating, is_closed } = ticket
    const focused = focusedIn(form)
    show(element, is_closed)
    show(form, rating === null || isChanging)
    show(done, rating !== null && !isChanging)
    if (focused && form.hidden) change.focus()
    if (rating === null) return
    setText(thanks, say('rated', { score: rating.score }))
    if (!isChanging) choose(rating.score)
  }

  return { element, render }
}
