import type { LucideIcon } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'

/** One side of the first page. */
export interface Pane {
  readonly id: string
  readonly title: string
  readonly icon: LucideIcon
  /** What it is for. */
  readonly about: string
  /** The page in its frame. */
  readonly src: string
}

interface PaneTabsProps {
  readonly panes: readonly Pane[]
  readonly shown: string
  readonly onShow: (id: string) => void
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 }

/** Tabs for a window with room for one side: arrow keys lead from one to the next. */
export function PaneTabs({ panes, shown, onShow }: PaneTabsProps) {
  const tabs = useRef<HTMLDivElement>(null)

  function move(event: KeyboardEvent): void {
    const step = steps[event.key]
    if (step === undefined) return
    const at = panes.findIndex(({ id }) => id === shown)
    const next = (at + step + panes.length) % panes.length
    event.preventDefault()
    onShow(panes[next]?.id ?? shown)
    tabs.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus()
  }

  return (
    <div ref={tabs} role="tablist" aria-label="Sides" className="shop-tabs" onKeyDown={move}>
      {panes.map(({ id, title, icon: Icon }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === shown}
          aria-controls={`pane-${id}`}
          tabIndex={id === shown ? 0 : -1}
          onClick={() => onShow(id)}
        >
          <Icon aria-hidden /> {title}
        </button>
      ))}
    </div>
  )
}
