import { useConnection } from '@dowellchat/client/react'
import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'
import { CallBar } from '../calls/call-bar.tsx'
import { IncomingCallCard } from '../calls/incoming-call-card.tsx'
import { RemoteSound } from '../calls/remote-sound.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Header } from './header.tsx'
import { Navigation } from './navigation.tsx'
import { Pages } from './pages.tsx'
import { Refused } from './refused.tsx'
import { useLostFocus } from './use-lost-focus.ts'
import './shell.css'

/** What stands around every page: the way to the others, the connection, and the call that one is in. */
export function Shell() {
  const { status, session } = useConnection()
  const main = useFocusOnPage()
  useLostFocus()
  const isShutOut = status === 'refused' && session === null

  return (
    <div className="shell">
      {/* No link: the address after # tells the page. */}
      <button type="button" className="skip-link button" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <IncomingCallCard />
      <Header />
      <Navigation />
      <div className="shell-notices">
        {!isShutOut && <ConnectionBanner />}
        <CallBar />
      </div>
      <main ref={main} tabIndex={-1} className="shell-main">
        {isShutOut ? <Refused /> : <Pages />}
      </main>
      <RemoteSound />
    </div>
  )
}

/** Takes the focus to another page that is opened, unless it has it already. */
function useFocusOnPage() {
  const main = useRef<HTMLElement>(null)
  const [location] = useLocation()
  const page = location.split('/')[1]
  const shown = useRef(page)
  useEffect(() => {
    if (shown.current === page) return
    shown.current = page
    if (!main.current?.contains(document.activeElement)) main.current?.focus()
  }, [page])
  return main
}
