import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { useBorrowedFocus } from '../../components/use-borrowed-focus.ts'

interface SidePanelProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A part beside the conversation; on a narrow screen in its place. It takes the focus, gives it back, and closes by Escape. */
export function SidePanel({ title, onClose, children }: SidePanelProps) {
  const panel = useBorrowedFocus<HTMLElement>()
  return (
    <aside
      ref={panel}
      className="side-panel"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <header className="side-panel-head">
        <h3>{title}</h3>
        <IconButton label={`Close ${title.toLowerCase()}`} title="Close" icon={X} isSmall onPress={onClose} />
      </header>
      {children}
    </aside>
  )
}
