import { createStored } from '../../lib/stored.ts'
import { useStored } from '../../lib/use-stored.ts'

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

// At load time, so that the page never flashes in another theme.
apply()
stored.subscribe(apply)

export function useTheme(): Theme {
  return useStored(stored)
}

/** Switches to the next theme, in a circle. */
export function switchTheme(): void {
  stored.set(themes[(themes.indexOf(stored.get()) + 1) % themes.length] ?? 'system')
}
