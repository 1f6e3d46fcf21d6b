import { type ReactNode, useEffect, useRef } from 'react'
import './split.css'

interface SplitProps {
  /** The page's name, where the list and its heading are hidden. */
  readonly title: string
  readonly list: ReactNode
  /** Whether an item is selected: a narrow screen then shows it instead of the list. */
  readonly isOpen: boolean
  readonly children: ReactNode
}

/** A list with the selected item next to it. */
export function Split({ title, list, isOpen, children }: SplitProps) {
  const listed = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const focused = document.activeElement
    // A narrow screen has taken the list away, and what was chosen there had the focus.
    if (isOpen && listed.current?.contains(focused) && focused?.getClientRects().length === 0)
      listed.current.closest('main')?.focus()
  }, [isOpen])
  return (
    <div className="split" data-open={isOpen}>
      <div ref={listed} className="split-list">
        {list}
      </div>
      <div className="split-detail">
        <h1 className="visually-hidden split-title">{title}</h1>
        {children}
      </div>
    </div>
  )
}
