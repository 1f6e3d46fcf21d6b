import { useEffect } from 'react'

let title = document.title
let count = 0

/** Sets the tab's title while the component is on the page. */
export function useTitle(text: string): void {
  useEffect(() => {
    const before = title
    title = text
    show()
    return () => {
      title = before
      show()
    }
  }, [text])
}

/** Puts a number before the tab's title, such as that of unread messages; none for 0. */
export function useTitleCount(shown: number): void {
  useEffect(() => {
    count = shown
    show()
    return () => {
      count = 0
      show()
    }
  }, [shown])
}

function show(): void {
  document.title = count > 0 ? `(${count > 99 ? '99+' : count}) ${title}` : title
}
