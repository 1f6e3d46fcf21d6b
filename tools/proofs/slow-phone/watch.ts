/** What a page has been seen to do, in milliseconds since it was asked for. */
export interface Seen {
  /** One can write, and reads the room's last message. */
  usable?: number
  pressed?: number
  /** The own message is shown, and shown as sent. */
  sent?: number
  /** Another person's message is shown; in milliseconds since 1970. */
  heardAt?: number
  longTasksMs: number
}

export interface Texts {
  readonly last: string
  readonly own: string
  readonly others: string
}

/** Runs in the page before everything else: looks at each frame what there is to see. */
export function watch({ last, own, others }: Texts): void {
  const seen: Seen = { longTasksMs: 0 }
  Object.assign(globalThis, { seen })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasksMs += duration
  }).observe({ type: 'longtask', buffered: true })
  addEventListener('click', ({ timeStamp }) => (seen.pressed = timeStamp), true)

  function look(): void {
    const now = performance.now()
    const box = document.querySelector<HTMLTextAreaElement>('textarea[aria-label=Message]')
    if (box && !box.disabled && shown(last)) seen.usable ??= now
    if (shown(own)?.textContent.includes('Sending…') === false) seen.sent ??= now
    if (shown(others)) seen.heardAt ??= performance.timeOrigin + now
    requestAnimationFrame(look)
  }

  /** The message with a text, if it is on the screen. */
  function shown(text: string): Element | null {
    for (const one of document.querySelectorAll('[data-message-text]')) {
      if (one.textContent !== text) continue
      const { top, bottom } = one.getBoundingClientRect()
      if (top < innerHeight && bottom > 0) return one.closest('article')
    }
    return null
  }

  requestAnimationFrame(look)
}
