import { createStored, useStored } from '../../lib/stored.ts'

const themes = ['system', 'light', 'dark'] as const

export type Theme = (typeof themes)[number]

const stored = createStored<Theme>(
  'localStorage',
  'theme',
  (value) => themes.find((theme) => theme === value) ?? 'system',
)

function apply(): void {
  document.documentElement.dataset.theme = stored.get()
}

// When the page is loaded, so that it is never shown in another one first.
apply()
stored.subscribe(apply)

export function useTheme(): Theme {
  return useStored(stored)
}

/** Goes on to the next one, and after the last to the first. */
export function switchTheme(): void {
  stored.set(themes[(themes.indexOf(stored.get()) + 1) % themes.length] ?? 'system')
}
