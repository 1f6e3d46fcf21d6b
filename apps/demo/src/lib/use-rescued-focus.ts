import { type RefObject, useEffect, useRef } from 'react'

/** Takes the focus where what had it has just gone, so that the keyboard does not begin at the top again. */
export function useRescuedFocus<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null)
  useEffect(() => {
    if (document.activeElement === document.body) element.current?.focus()
  }, [])
  return element
}
