import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** One thing to choose. */
export interface MenuItem {
  readonly label: string
  readonly icon: LucideIcon
  readonly onChoose: () => void
  readonly isDanger?: boolean
}

export interface MenuProps {
  /** What it is a menu of, for screen readers. */
  readonly label: string
  /** The button that has opened it. */
  readonly anchor: HTMLElement
  readonly items: readonly MenuItem[]
  /** Shown above the items; its buttons are `menuitem`s too. */
  readonly first?: ReactNode
  readonly onClose: () => void
}
