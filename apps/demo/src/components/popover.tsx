import { type ReactNode, useEffect } from 'react'
import { Layer } from './layer.tsx'
import { useFloating } from './use-floating.ts'
import './menu.css'

export interface PopoverProps {
  readonly label: string
  readonly anchor: HTMLElement
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A small panel beside the button that opens it. It takes the focus, and gives it back. */
export function Popover({ label, anchor, onClose, children }: PopoverProps) {
  const panel = useFloating<HTMLDivElement>({ anchor, onClose })
  useEffect(() => {
    const first = panel.current?.querySelector<HTMLElement>('input, button')
    ;(first ?? panel.current)?.focus({ preventScroll: true })
  }, [panel])
  return (
    <Layer>
      <div ref={panel} role="dialog" aria-label={label} tabIndex={-1} className="popover">
        {children}
      </div>
    </Layer>
  )
}
