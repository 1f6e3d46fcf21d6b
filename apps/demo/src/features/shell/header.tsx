import { LogOut } from 'lucide-react'
import { Avatar } from '../../components/avatar.tsx'
import { Brand } from '../../components/brand.tsx'
import { roleTitles } from '../people/names.ts'
import { leave, logIn } from '../people/person.ts'
import { useSelf } from '../people/use-self.ts'
import { ConnectionStatusText } from './connection-status.tsx'
import { ThemeToggle } from './theme-toggle.tsx'

/** The product, the connection, and who you are. */
export function Header() {
  const { userId, name, role, isGuest } = useSelf()
  return (
    <header className="shell-header">
      <Brand />
      <ConnectionStatusText />
      <div className="shell-self">
        <ThemeToggle />
        <Avatar name={name} id={userId} />
        <p className="shell-name">
          <bdi>{name}</bdi>
          <span className="muted">{isGuest ? 'Not logged in' : roleTitles[role]}</span>
        </p>
        {isGuest && (
          <button type="button" className="button small primary" onClick={logIn}>
            Log in
          </button>
        )}
        <button type="button" className="button quiet icon" aria-label="Leave" title="Leave" onClick={leave}>
          <LogOut aria-hidden />
        </button>
      </div>
    </header>
  )
}
