import { type RefObject, useEffect, useState } from 'react'

/** Whether an element is on the screen: not while a panel has taken its place, nor in a frame that is hidden. */
export function isOnScreen(element: Element | null): boolean {
  return !!element?.clientHeight
}

/** Asks whether an element is on the screen. It is another function once that may have changed, so that effects ask again. */
export function useOnScreen(element: RefObject<Element | null>): () => boolean {
  const [isShown, setIsShown] = useState(() => () => false)
  useEffect(() => {
    const observer = new IntersectionObserver(() => setIsShown(() => () => isOnScreen(element.current)))
    if (element.current) observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return isShown
}
