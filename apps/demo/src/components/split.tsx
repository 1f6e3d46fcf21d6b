import type { ReactNode } from 'react'
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
  return (
    <div className="split" data-open={isOpen}>
      <div className="split-list">{list}</div>
      <div className="split-detail">
        <h1 className="visually-hidden split-title">{title}</h1>
        {children}
      </div>
    </div>
  )
}
