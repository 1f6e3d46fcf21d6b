import type { WidgetContext } from './context.ts'
import { h, icon, show } from './dom.ts'

/** A conversation that stays at its end while its reader is there, and where it is otherwise. */
export interface Scroller {
  readonly elements: readonly HTMLElement[]
  /** Changes what is in it. */
  readonly keep: (render: () => void) => void
  readonly toEnd: () => void
  /** While it is busy, what comes is not read aloud. */
  readonly setBusy: (isBusy: boolean) => void
}

/** As near to the end as this counts as there. In pixels. */
const near = 40

export function createScroller({ say }: WidgetContext, children: readonly HTMLElement[]): Scroller {
  const element = h(
    'div',
    {
      class: 'scroll',
      role: 'log',
      'aria-label': say('messages'),
      'aria-busy': 'true',
      tabindex: 0,
      onScroll: look,
    },
    ...children,
  )
  const jump = h(
    'button',
    { type: 'button', class: 'plain small jump', hidden: true, onClick: toEnd },
    say('new_messages'),
  )
  jump.prepend(icon('down'))
  let isAtEnd = true

  function look(): void {
    isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < near
    if (isAtEnd) show(jump, false)
  }

  function toEnd(): void {
    isAtEnd = true
    element.scrollTop = element.scrollHeight
    show(jump, false)
  }

  // Pictures come later, and the panel is opened later.
  if (typeof ResizeObserver === 'function') {
    const sizes = new ResizeObserver(() => {
      if (isAtEnd) toEnd()
    })
    for (const one of [element, ...children]) sizes.observe(one)
  }

  return {
    elements: [element, jump],
    toEnd,
    setBusy: (isBusy) => element.setAttribute('aria-busy', String(isBusy)),
    keep(render) {
      const [before, end] = [element.scrollHeight, element.scrollTop]
      const lastBefore = children.at(-1)?.lastElementChild
      render()
      const last = children.at(-1)?.lastElementChild
      if (isAtEnd) toEnd()
      else if (last !== lastBefore) show(jump, true)
      // What came in front has moved what is read.
      else element.scrollTop = end + element.scrollHeight - before
    },
  }
}
