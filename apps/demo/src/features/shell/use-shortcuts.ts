import { useEffect } from 'react'
import { usePageSettings } from './page-settings.ts'

/** The keys that work on every page. */
export function useShortcuts(showHelp: () => void, showSearch: (() => void) | null): void {
  const { hasKeys } = usePageSettings()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]')) return
      if (isHandled(event, { hasKeys, showHelp, showSearch })) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [hasKeys, showHelp, showSearch])
}

interface Shown {
  readonly hasKeys: boolean
  readonly showHelp: () => void
  readonly showSearch: (() => void) | null
}

function isHandled(event: KeyboardEvent, { hasKeys, showHelp, showSearch }: Shown): boolean {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event
  if (altKey && !ctrlKey && (key === 'ArrowUp' || key === 'ArrowDown'))
    return goToRoom(key === 'ArrowUp' ? -1 : 1)
  if ((ctrlKey || metaKey) && key.toLowerCase() === 'k') return focusJoin()
  if ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === 'f') return run(showSearch)
  if (!hasKeys || altKey || ctrlKey || metaKey || isWriting(event.target)) return false
  return run(key === '?' ? showHelp : key === '/' ? showSearch : null)
}

function run(action: (() => void) | null): boolean {
  action?.()
  return action !== null
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, textarea, select, [contenteditable]')
}

function goToRoom(step: number): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('nav[aria-label="Rooms"] a')]
  const at = links.findIndex((link) => link.getAttribute('aria-current') === 'page')
  const next = links[at < 0 ? 0 : (at + step + links.length) % links.length]
  next?.click()
  return next !== undefined
}

function focusJoin(): boolean {
  const input = document.querySelector<HTMLInputElement>('.join-room input')
  input?.focus()
  return input !== null
}
