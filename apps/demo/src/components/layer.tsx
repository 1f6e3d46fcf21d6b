import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'

/** Renders children at the end of the page's main part, where nothing cuts them off and no live region reads them. */
export function Layer({ children }: { readonly children: ReactNode }) {
  return createPortal(children, document.querySelector('main') ?? document.body)
}
