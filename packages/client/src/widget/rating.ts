import type { Ticket } from '../entities.ts'
import type { WidgetContext } from './context.ts'
import { h, icon, say as setText, show } from './dom.ts'

/** Asks how it went, once a conversation is closed. */
export interface RatingForm {
  readonly element: HTMLElement
  readonly render: (ticket: Ticket) => void
}

const scores = [1, 2, 3, 4, 5]

export function createRating({ client, say }: WidgetContext, ticketId: string): RatingForm {
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
      const ticket = await client.request.rate_ticket({
        ticket_id: ticketId,
        score,
        ...(text !== '' && { comment: text }),
      })
      setText(wrong, '')
      isChanging = false
      render(ticket)
    } catch (error) {
      setText(wrong, say('failed', { reason: (error as Error).message }))
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
    show(element, is_closed)
    show(form, rating === null || isChanging)
    show(done, rating !== null && !isChanging)
    if (rating === null) return
    setText(thanks, say('rated', { score: rating.score }))
    if (!isChanging) choose(rating.score)
  }

  return { element, render }
}
