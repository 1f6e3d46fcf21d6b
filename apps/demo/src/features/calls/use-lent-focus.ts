import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * For an element that appears unasked: takes the focus unless somebody is typing, and gives it back when the element
 * goes. It focuses the element itself: a key meant for something else could press a focused button.
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
