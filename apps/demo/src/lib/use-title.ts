import { useEffect } from 'react'

/** The titles of what is on the page; the last one shows. */
const titles = [{ text: document.title }]
let count = 0

/** Sets the tab's title while the component is on the page. What is within another one is to come after its `Title`. */
export function useTitle(text: string): void {
  useEffect(() => {
    const own = { text }
    titles.push(own)
    show()
    return () => {
      titles.splice(titles.indexOf(own), 1)
      show()
    }
  }, [text])
}

/** A title whose effect comes before that of what follows it; that of a component comes behind all that is in it. */
export function Title({ text }: { readonly text: string }): null {
  useTitle(text)
  return null
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
  const title = titles.at(-1)?.text ?? ''
  document.title = count > 0 ? `(${count > 99 ? '99+' : count}) ${title}` : title
}
