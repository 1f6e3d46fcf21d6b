import { useEffect } from 'react'

/** Has the browser ask before the page is reloaded or closed, while `isOn`. It asks those who have used the page. */
export function useAskingFirst(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined
    const ask = (event: Event): void => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isOn])
}
