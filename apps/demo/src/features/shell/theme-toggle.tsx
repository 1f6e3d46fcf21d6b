import { type LucideIcon, Monitor, Moon, Sun } from 'lucide-react'
import { IconButton } from '../../components/icon-button.tsx'
import { switchTheme, type Theme, useTheme } from './theme.ts'

const icons: Readonly<Record<Theme, LucideIcon>> = { system: Monitor, light: Sun, dark: Moon }

/** Switches between the system's theme, light and dark. */
export function ThemeToggle() {
  const theme = useTheme()
  return <IconButton label={`Theme: ${theme}`} icon={icons[theme]} onPress={switchTheme} />
}
