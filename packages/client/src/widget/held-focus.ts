import { focusedIn } from './dom.ts'

/**
 * Leaves the focus to an element where what had it in there is hidden or removed. It would go to the page: Escape closed nothing any
 * more, and Tab left what fills a phone's screen.
 */
export function holdFocus(element: HTMLElement): void {
  let focused: Element | null = null

  function hold(): void {
    const isGone = focused !== null && focused.getClientRects().length === 0
    const { activeElement } = element.getRootNode() as ShadowRoot
    const isElsewhere = activeElement !== null && activeElement !== focused
    if (!isGone || isElsewhere || element.hidden) return
    focused = null
    element.focus()
  }

  element.addEventListener('focusin', ({ target }) => {
    focused = target as Element
  })
  // Later: what is removed may say first that it has lost the focus.
  element.addEventListener('focusout', () =>
    setTimeout(() => {
      if (!focusedIn(element)) focused = null
    }),
  )
  new MutationObserver(hold).observe(element, { subtree: true, childList: true, attributeFilter: ['hidden'] })
}
