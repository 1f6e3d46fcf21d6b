import { type LucideIcon, Monitor, Moon, Sun } from 'lucide-react'
import { switchTheme, type Theme, useTheme } from './theme.ts'

const icons: Readonly<Record<Theme, LucideIcon>> = { system: Monitor, light: Sun, dark: Moon }

/** Switches between the system's theme, light and dark. */
export function ThemeToggle() {
  const theme = useTheme()
  const Icon = icons[theme]
  const label = `Theme: ${theme}`
  return (
    <button
      type="button"
      className="button quiet icon"
      aria-label={label}
      title={label}
      onClick={switchTheme}
    >
      <Icon aria-hidden />
    </button>
  )
}
