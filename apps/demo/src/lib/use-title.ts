import { useEffect } from 'react'

/** Sets the tab's title while the component is on the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title
    document.title = title
    return () => {
      document.title = before
    }
  }, [title])
}
