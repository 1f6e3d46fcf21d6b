import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

interface Floating {
  /** The element that it belongs to. It gets the focus, where nothing had it before. */
  readonly anchor: HTMLElement
  readonly onClose: () => void
}

const gapPx = 6
const edgePx = 8

/**
 * Places an element below or above another one, within the window, closes it by Escape, a click elsewhere or scrolling, and
 * gives the focus back.
 * Give the answer to the element, which must be `position: fixed`.
 */
export function useFloating<E extends HTMLElement>({ anchor, onClose }: Floating): RefObject<E | null> {
  const floating = useRef<E>(null)
  const close = useRef(onClose)
  close.current = onClose

  useLayoutEffect(() => {
    const element = floating.current
    if (!element) return
    const placeIt = (): void => place(element, anchor.getBoundingClientRect())
    placeIt()
    // What it has may be loaded later, and a phone's keyboard makes the window smaller.
    const observer = new ResizeObserver(placeIt)
    observer.observe(element)
    addEventListener('resize', placeIt)
    return () => {
      observer.disconnect()
      removeEventListener('resize', placeIt)
    }
  }, [anchor])

  useEffect(() => {
    const element = floating.current
    // A message that has it lets a key press the button.
    const before = document.activeElement
    const end = (): void => close.current()
    const onPointer = ({ target }: Event): void => {
      const isInside = target instanceof Node && (element?.contains(target) || anchor.contains(target))
      if (!isInside) end()
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      end()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey, true)
    document.addEventListener('wheel', onPointer, { passive: true })
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey, true)
      document.removeEventListener('wheel', onPointer)
      const focused = document.activeElement
      // It is gone by now, and the focus with it, unless somebody has moved it on purpose.
      if (focused !== null && focused !== document.body && !element?.contains(focused)) return
      if (before instanceof HTMLElement && before !== document.body) before.focus()
      else anchor.focus()
    }
  }, [anchor])

  return floating
}

function place(element: HTMLElement, around: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = element
  const fitsBelow = around.bottom + gapPx + height + edgePx <= innerHeight
  const top = fitsBelow ? around.bottom + gapPx : around.top - gapPx - height
  const isRightHalf = around.left + around.width / 2 > innerWidth / 2
  const left = isRightHalf ? around.right - width : around.left
  element.style.top = `${clamp(top, innerHeight - height - edgePx)}px`
  element.style.left = `${clamp(left, innerWidth - width - edgePx)}px`
}

function clamp(value: number, most: number): number {
  return Math.max(edgePx, Math.min(value, most))
}
