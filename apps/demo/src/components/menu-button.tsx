import type { LucideIcon } from 'lucide-react'
import { useState } from 'react'
import { LazyMenu } from './lazy-menu.tsx'
import type { MenuItem } from './menu-item.ts'

interface MenuButtonProps {
  readonly label: string
  readonly icon: LucideIcon
  readonly items: () => readonly MenuItem[]
  readonly className?: string
}

/** A button that opens a menu. */
export function MenuButton({ label, icon: Icon, items, className = '' }: MenuButtonProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <button
        type="button"
        className={`button quiet icon ${className}`}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(anchor ? null : currentTarget)}
      >
        <Icon aria-hidden />
      </button>
      {anchor && <LazyMenu label={label} anchor={anchor} items={items()} onClose={() => setAnchor(null)} />}
    </>
  )
}
