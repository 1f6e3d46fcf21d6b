import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { onAnnouncement } from '../lib/announce.ts'
import './dialog.css'
import { IconButton } from './icon-button.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  /** As wide as the page allows. */
  readonly isWide?: boolean
  readonly children: ReactNode
}

/** A dialog over the page, closed by Escape, its button, or a click beside it. The browser gives the focus back. */
export function Dialog({ title, onClose, isWide = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const wasPressedBeside = useRef(false)
  const id = useId()
  // Of what is no longer on the page, the browser gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-wide={isWide}
      aria-labelledby={id}
      onClose={onClose}
      // Escape is the browser's, and not for what has opened it.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      // Selecting a text may end beside it.
      onPointerDown={({ target }) => {
        wasPressedBeside.current = target === dialog.current
      }}
      onClick={({ target }) => target === dialog.current && wasPressedBeside.current && onClose()}
    >
      <div className="dialog-content">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton label="Close" icon={X} onPress={onClose} />
        </header>
        {children}
        <Said />
      </div>
    </dialog>
  )
}

/** What `announce` says: the page's own announcer is not heard while a dialog is open. */
function Said() {
  const [said, setSaid] = useState('')
  useEffect(() => onAnnouncement(setSaid), [])
  return (
    <p className="visually-hidden" aria-live="polite">
      {said}
    </p>
  )
}
