import { bubbleStyles } from './bubble-styles.ts'
import { bubbleTexts, fill } from './bubble-texts.ts'
import { h, icon, say, show } from './dom.ts'
import type { Widget, WidgetChanges, WidgetOptions } from './options.ts'
import type { WidgetApp, WidgetCode, WidgetShell } from './shell.ts'

const tagName = 'dowellchat-widget'
const lookMs = 1_500
/** Where a person writes or chooses; in a frame, nobody outside knows what has the focus. */
const fields =
  'input:not([type=button], [type=submit], [type=image]), textarea, select, iframe, [contenteditable]'

/** Puts a bubble on the page. @param load fetches what is behind it, when it is first opened or a conversation is open */
export function openWidget(options: WidgetOptions, load: () => Promise<WidgetCode>): Widget {
  const texts = { ...bubbleTexts, ...options.texts }
  const host = document.createElement(tagName)
  const shadow = host.attachShadow({ mode: 'open' })
  const badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true })
  const bubble = h(
    'button',
    {
      type: 'button',
      class: 'bubble',
      'aria-label': texts.open,
      'aria-expanded': 'false',
      onClick: toggle,
    },
    icon('chat'),
    badge,
  )
  const root = h('div', { class: 'widget', 'data-theme': options.theme ?? 'auto' }, bubble)
  const key = `dowellchat widget ${options.url}`
  let changes: WidgetChanges | undefined
  let app: Promise<WidgetApp> | undefined
  let isOpen = false
  let isGone = false
  let unread = 0

  function styles(css: string): void {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet]
  }

  function label(): void {
    const closed = unread > 0 ? fill(texts.unread, { count: unread }) : texts.open
    bubble.setAttribute('aria-label', isOpen ? texts.close : closed)
    bubble.setAttribute('aria-expanded', String(isOpen))
    root.classList.toggle('is-open', isOpen)
    bubble.firstElementChild?.replaceWith(icon(isOpen ? 'down' : 'chat'))
    say(badge, unread > 99 ? '99+' : String(unread))
    show(badge, unread > 0 && !isOpen)
  }

  function loaded(): Promise<WidgetApp> {
    app ??= fetchApp()
    return app
  }

  async function fetchApp(): Promise<WidgetApp> {
    bubble.setAttribute('aria-busy', 'true')
    try {
      const { createWidgetApp } = await load()
      return createWidgetApp({ ...shell, options: { ...options, ...changes } })
    } catch (error) {
      app = undefined
      isOpen = false
      label()
      bubble.setAttribute('aria-label', texts.not_loaded)
      bubble.title = texts.not_loaded
      throw error
    } finally {
      bubble.removeAttribute('aria-busy')
    }
  }

  /** @param opener what had the focus when somebody opened it; undefined where nobody did */
  async function setOpen(next: boolean, opener?: Element | null): Promise<void> {
    if (isGone || next === isOpen) return
    isOpen = next
    label()
    try {
      const opened = await loaded()
      bubble.removeAttribute('title')
      if (isGone) opened.destroy()
      else if (isOpen) opened.open(takesFocus(opener))
      else close(opened)
    } catch (error) {
      // Mostly the page's policy, which whoever puts the widget there can mend.
      console.error('dowellchat widget: the chat could not be opened', error)
    }
  }

  /** Whoever opens it goes on in it, unless they have gone on elsewhere while it was loaded. */
  function takesFocus(opener: Element | null | undefined): boolean {
    return opener !== undefined && [null, document.body, host, opener].includes(document.activeElement)
  }

  /** Code of the page opens it for somebody who has just pressed something, or by itself, perhaps while they write. */
  function openByCode(): void {
    const isWriting = focused()?.matches(fields)
    const isPressed = navigator.userActivation?.isActive ?? true
    void setOpen(true, isPressed && !isWriting ? document.activeElement : undefined)
  }

  /** Whoever writes elsewhere on the page goes on there. */
  function close(opened: WidgetApp): void {
    const hadFocus = shadow.activeElement !== null
    opened.close()
    if (hadFocus) bubble.focus()
  }

  function toggle(): void {
    void setOpen(!isOpen, document.activeElement)
  }

  /** Anything of the page that has the attribute opens the widget, so that a page needs no script of its own for it. */
  function onClick({ target }: Event): void {
    if (target instanceof Element && target.closest('[data-dowellchat-open]'))
      void setOpen(true, document.activeElement)
  }

  const shell: WidgetShell = {
    options,
    root,
    styles,
    showUnread(count) {
      unread = count
      label()
    },
    close: () => void setOpen(false),
    remember: (hasConversation) => keep(key, hasConversation),
  }

  styles(bubbleStyles(options))
  shadow.append(root)
  document.body.append(host)
  document.addEventListener('click', onClick)
  // Not at once: the page itself comes first.
  const timer = setTimeout(() => {
    if (isKept(key)) loaded().catch(() => undefined)
  }, lookMs)
  if (options.isOpen) void setOpen(true)

  return {
    open: openByCode,
    close: () => void setOpen(false),
    update(next) {
      changes = next
      app?.then((one) => one.update(next)).catch(() => undefined)
    },
    destroy() {
      isGone = true
      clearTimeout(timer)
      document.removeEventListener('click', onClick)
      host.remove()
      app?.then((one) => one.destroy()).catch(() => undefined)
    },
  }
}

/** What has the focus, also where it is inside a web component. */
function focused(): Element | null {
  let { activeElement } = document
  while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement
  return activeElement
}

/** Pages may be denied their storage; then a conversation is found again when the widget is opened. */
function keep(key: string, hasConversation: boolean): void {
  try {
    if (hasConversation) localStorage.setItem(key, '1')
    else localStorage.removeItem(key)
  } catch {}
}

function isKept(key: string): boolean {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false
  }
}
