import { type RefObject, useEffect, useRef } from 'react'

/** For an element that somebody has opened: takes the focus, and gives it back when the element goes. */
export function useBorrowedFocus<E extends HTMLElement>(): RefObject<E | null> {
  const own = useRef<E>(null)
  useEffect(() => {
    const before = document.activeElement
    const element = own.current
    if (element && !element.contains(before)) element.focus()
    return () => {
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement) before.focus()
    }
  }, [])
  return own
}
