import { ShoppingBag, UserRoundPlus } from 'lucide-react'
import { Link } from 'wouter'
import { Brand } from '../../components/brand.tsx'
import { paths } from '../../lib/paths.ts'
import { useTitle } from '../../lib/use-title.ts'
import { isDeskPane } from '../../settings.ts'
import { ThemeToggle } from '../shell/theme-toggle.tsx'
import { OwnNameForm } from './own-name-form.tsx'
import { enterAsGuest, forgetGuest } from './person.ts'
import { ReadyMadeList } from './ready-made-list.tsx'
import { useIsLoggingIn } from './use-person.ts'
import './who-am-i.css'

/** The first page: who somebody is in this tab. */
export function WhoAmI() {
  const isLoggingIn = useIsLoggingIn()
  useTitle('dowellchat')
  return (
    <div className="who-am-i">
      <header className="who-am-i-header">
        <Brand />
        <span className="who-am-i-links">
          {!isDeskPane && (
            <Link href={paths.shop} className="button small quiet" onClick={forgetGuest}>
              <ShoppingBag aria-hidden /> The shop and the desk
            </Link>
          )}
          <ThemeToggle />
        </span>
      </header>
      <main className="who-am-i-card">
        <h1>{isLoggingIn ? 'Log in' : 'Who are you?'}</h1>
        <p className="muted">
          {isLoggingIn
            ? 'Choose who you are. What you asked and wrote as a guest stays yours.'
            : 'Each tab is a person of its own. Open this page in two, and talk to yourself.'}
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
