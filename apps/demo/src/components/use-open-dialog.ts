import { useLayoutEffect, useState } from 'react'

/** The dialog over the page, beside which nothing can be used, seen or read; null without one. */
export function useOpenDialog(): Element | null {
  const [dialog, setDialog] = useState(lastOpen)
  useLayoutEffect(() => {
    const observer = new MutationObserver(() => setDialog(lastOpen()))
    observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['open'] })
    return () => observer.disconnect()
  }, [])
  return dialog
}

function lastOpen(): Element | null {
  return [...document.querySelectorAll('dialog[open]')].at(-1) ?? null
}
