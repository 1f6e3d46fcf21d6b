import { useEffect } from 'react'

/**
 * When the focused element disappears, as a Retry button does once it has worked, this focuses the nearest focusable
 * ancestor. The keyboard then continues from there and not from the top of the page.
 */
export function useLostFocus(): void {
  useEffect(() => {
    let path: readonly HTMLElement[] = []
    const remember = (event: FocusEvent): void => {
      path = event.composedPath().filter((one) => one instanceof HTMLElement)
    }
    const observer = new MutationObserver(() => {
      const [focused, ...around] = path
      if (!focused || focused.isConnected || document.activeElement !== document.body) return
      around.find((one) => one.isConnected && one.matches('[tabindex]'))?.focus()
    })
    document.addEventListener('focusin', remember)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => {
      document.removeEventListener('focusin', remember)
      observer.disconnect()
    }
  }, [])
}
