import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * For what comes up by itself: takes the focus, but not from one who is writing, and gives it back when it goes. On the
 * element itself and not on a button, which a key meant for something else would press.
 */
export function useLentFocus(): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    const own = element.current
    const before = document.activeElement
    if (!before?.matches('input, textarea, select')) own?.focus()
    return () => {
      const isLost = document.activeElement === document.body || own?.contains(document.activeElement)
      if (isLost && before instanceof HTMLElement) before.focus()
    }
  }, [])
  return element
}
