import type { ReactNode } from 'react'
import './split.css'

interface SplitProps {
  readonly list: ReactNode
  /** Whether something of the list is open: where there is no room for both, it stands instead. */
  readonly isOpen: boolean
  readonly children: ReactNode
}

/** A list, and beside it what is open of it. */
export function Split({ list, isOpen, children }: SplitProps) {
  return (
    <div className="split" data-open={isOpen}>
      <div className="split-list">{list}</div>
      <div className="split-detail">{children}</div>
    </div>
  )
}
