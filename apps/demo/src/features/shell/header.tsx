import { useOwnPresence, useSession } from '@dowellchat/client/react'
import { LogOut, Search } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { Brand } from '../../components/brand.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { roleTitles } from '../people/names.ts'
import { leave, logIn } from '../people/person.ts'
import { PresenceDot } from '../people/presence-dot.tsx'
import { useSelf } from '../people/use-self.ts'
import { ConnectionStatusText } from './connection-status.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

interface HeaderProps {
  readonly onSettings: () => void
  /** Null where nothing can be searched. */
  readonly onSearch: (() => void) | null
}

/** The product, the connection, and who you are. */
export function Header({ onSettings, onSearch }: HeaderProps) {
  const { userId, name, role, isGuest } = useSelf()
  return (
    <header className="shell-header">
      <Brand />
      <ConnectionStatusText />
      <div className="shell-self">
        {onSearch && (
          <IconButton label="Search" title="Search (Ctrl+Shift+F)" icon={Search} onPress={onSearch} />
        )}
        <ThemeToggle />
        <SelfButton userId={userId} name={name} onPress={onSettings} />
        <p className="shell-name">
          <bdi>{name}</bdi>
          <span className="muted">{isGuest ? 'Not logged in' : roleTitles[role]}</span>
        </p>
        {isGuest && (
          <button type="button" className="button small primary" onClick={logIn}>
            Log in
          </button>
        )}
        <IconButton label="Leave" icon={LogOut} onPress={leave} />
      </div>
    </header>
  )
}

interface SelfButtonProps {
  readonly userId: string
  readonly name: string
  readonly onPress: () => void
}

/** Your picture, with how others see you; a click opens the settings. */
function SelfButton({ userId, name, onPress }: SelfButtonProps) {
  const { can } = useSession()
  return (
    <button
      type="button"
      className="shell-self-button"
      aria-label="Your status and settings"
      title="Your status and settings"
      onClick={onPress}
    >
      <Avatar name={name} id={userId} />
      {can('get_preferences') && <OwnDot />}
    </button>
  )
}

function OwnDot() {
  return <PresenceDot presence={useOwnPresence().presence} />
}
