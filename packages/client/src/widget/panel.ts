import type { View } from './context.ts'
import { focusedIn, h, iconButton, say as setText, show } from './dom.ts'
import { holdFocus } from './held-focus.ts'
import type { Say } from './texts.ts'

/** The open widget: a head, a line that says what is wrong, and one view. */
export interface Panel {
  readonly element: HTMLElement
  readonly setShown: (isShown: boolean) => void
  /** A view gets the focus if the one before had it. */
  readonly setView: (view: View | null) => void
  readonly setNotice: (text: string) => void
  readonly showBack: (isShown: boolean) => void
  readonly focus: () => void
}

interface PanelParts {
  readonly say: Say
  readonly title: string
  readonly isSoundOn: boolean
  readonly onClose: () => void
  readonly onBack: () => void
  readonly onSound: (isOn: boolean) => void
}

const titleId = 'title'
/** As in the styles: the panel is all of the screen then. */
const whole = '(max-width: 480px), (max-height: 480px)'

export function createPanel({ say, title, isSoundOn, onClose, onBack, onSound }: PanelParts): Panel {
  const back = iconButton('back', say('back'), { hidden: true, onClick: onBack })
  const sound = h('span', {}, soundButton(isSoundOn))
  const notice = h('p', { class: 'notice', role: 'status' })
  const place = h('div', { class: 'view' })
  const element = h(
    'section',
    {
      class: 'panel',
      role: 'dialog',
      'aria-labelledby': titleId,
      tabindex: -1,
      hidden: true,
      onKeydown: onKey,
      onKeypress: keep,
      onKeyup: keep,
    },
    h(
      // No header, which would be a second banner of the shop's page.
      'div',
      { class: 'head' },
      back,
      h('h2', { id: titleId }, title),
      sound,
      iconButton('close', say('close'), { onClick: onClose }),
    ),
    notice,
    place,
  )
  let view: View | null | undefined

  function soundButton(isOn: boolean): HTMLButtonElement {
    return iconButton(isOn ? 'sound' : 'silent', say(isOn ? 'sound_off' : 'sound_on'), {
      onClick() {
        onSound(!isOn)
        const next = soundButton(!isOn)
        sound.replaceChildren(next)
        next.focus()
      },
    })
  }

  /** Outside nothing shows that it was typed in a field: a page would take it for one of its shortcuts. */
  function keep(event: KeyboardEvent): void {
    event.stopPropagation()
  }

  function onKey(event: KeyboardEvent): void {
    keep(event)
    if (event.isComposing) return
    if (event.key === 'Escape') onClose()
    if (event.key === 'Tab' && matchMedia(whole).matches) stayInside(element, event)
  }

  function focus(): void {
    // A keyboard on the screen would cover half of it before anything was read.
    if (view && !matchMedia('(pointer: coarse)').matches) view.focus()
    else element.focus()
  }

  holdFocus(element)
  return {
    element,
    setShown(isShown) {
      show(element, isShown)
      element.toggleAttribute('aria-modal', false)
      if (matchMedia(whole).matches) element.setAttribute('aria-modal', 'true')
    },
    setView(next) {
      if (view === next) return
      const hasFocus = focusedIn(element) !== null
      view?.destroy()
      view = next
      place.replaceChildren(...(next ? [next.element] : [h('p', { class: 'hint' }, say('connecting'))]))
      if (!next) show(back, false)
      if (hasFocus) focus()
    },
    setNotice: (text) => setText(notice, text),
    showBack: (isShown) => show(back, isShown),
    focus,
  }
}

/** Where nothing else of the page is seen, nothing else of it gets the focus. */
function stayInside(element: HTMLElement, event: KeyboardEvent): void {
  const all = [
    ...element.querySelectorAll<HTMLElement>('button, input, select, textarea, a[href], [tabindex="0"]'),
  ]
  const reachable = all.filter((one) => one.offsetParent !== null && !one.hasAttribute('disabled'))
  const [first, last] = [reachable[0], reachable.at(-1)]
  const { activeElement } = element.getRootNode() as ShadowRoot
  const isAtEnd = activeElement === (event.shiftKey ? first : last) || activeElement === element
  if (!isAtEnd || (activeElement === element && !event.shiftKey)) return
  event.preventDefault()
  ;(event.shiftKey ? last : first)?.focus()
}
