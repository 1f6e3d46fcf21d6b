import { type KeyboardEvent, useEffect } from 'react'
import { Layer } from './layer.tsx'
import type { MenuItem, MenuProps } from './menu-item.ts'
import { useFloating } from './use-floating.ts'
import './menu.css'

/** A list of things to do, beside the button that opens it: arrow keys, Home, End, first letters, Enter, Escape. */
export function Menu({ label, anchor, items, first, onClose }: MenuProps) {
  const menu = useFloating<HTMLDivElement>({ anchor, onClose })
  useEffect(() => itemsOf(menu.current)[0]?.focus({ preventScroll: true }), [menu])

  function choose({ onChoose }: MenuItem): void {
    onClose()
    // After the focus is back, so that what is chosen may take it.
    setTimeout(onChoose)
  }

  return (
    <Layer>
      <div
        ref={menu}
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className="menu"
        onKeyDown={(event) => move(event, menu.current, onClose)}
      >
        {first}
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="menu-item"
            data-danger={item.isDanger}
            onClick={() => choose(item)}
          >
            <item.icon aria-hidden /> {item.label}
          </button>
        ))}
      </div>
    </Layer>
  )
}

function itemsOf(menu: HTMLElement | null): readonly HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])]
}

function move(event: KeyboardEvent, menu: HTMLElement | null, onClose: () => void): void {
  const items = itemsOf(menu)
  const at = items.indexOf(document.activeElement as HTMLElement)
  const next = nextOf(event.key, items, at)
  if (event.key === 'Tab') onClose()
  if (!next) return
  event.preventDefault()
  next.focus()
}

function nextOf(key: string, items: readonly HTMLElement[], at: number): HTMLElement | undefined {
  const count = items.length
  if (key === 'ArrowDown' || key === 'ArrowRight') return items[(at + 1) % count]
  if (key === 'ArrowUp' || key === 'ArrowLeft') return items[(at - 1 + count) % count]
  if (key === 'Home') return items[0]
  if (key === 'End') return items[count - 1]
  if (key.length !== 1 || key === ' ') return undefined
  const after = [...items.slice(at + 1), ...items.slice(0, at + 1)]
  return after.find(({ textContent }) => textContent?.trim().toLowerCase().startsWith(key.toLowerCase()))
}
