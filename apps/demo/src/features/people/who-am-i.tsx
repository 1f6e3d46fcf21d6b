import { UserRoundPlus } from 'lucide-react'
import { Brand } from '../../components/brand.tsx'
import { useTitle } from '../../lib/use-title.ts'
import { ThemeToggle } from '../shell/theme-toggle.tsx'
import { OwnNameForm } from './own-name-form.tsx'
import { enterAsGuest, useIsLoggingIn } from './person.ts'
import { ReadyMadeList } from './ready-made-list.tsx'
import './who-am-i.css'

/** The first page: who somebody is in this tab. */
export function WhoAmI() {
  const isLoggingIn = useIsLoggingIn()
  useTitle('dowellchat')
  return (
    <div className="who-am-i">
      <header className="who-am-i-header">
        <Brand />
        <ThemeToggle />
      </header>
      <main className="who-am-i-card">
        <h1>{isLoggingIn ? 'Log in' : 'Who are you?'}</h1>
        <p className="muted">
          {isLoggingIn
            ? 'Choose who you are. What you asked and wrote as a guest stays yours.'
            : 'Each tab is a person of its own. Open this page in two tabs, and talk to yourself.'}
        </p>
        <div className="who-am-i-columns">
          <ReadyMadeList />
          <div className="who-am-i-own">
            <OwnNameForm />
            <ContinueAsGuest />
          </div>
        </div>
      </main>
    </div>
  )
}

function ContinueAsGuest() {
  return (
    <div className="as-guest">
      <button type="button" className="button wide" onClick={enterAsGuest} aria-describedby="guest-hint">
        <UserRoundPlus aria-hidden /> Continue as guest
      </button>
      <p className="hint" id="guest-hint">
        Log in later, and keep your tickets.
      </p>
    </div>
  )
}
