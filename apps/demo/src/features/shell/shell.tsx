import { useConnection, useSession } from '@dowellchat/client/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Announcer } from '../../components/announcer.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Notifications } from '../notifications/notifications.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Header } from './header.tsx'
import { Navigation } from './navigation.tsx'
import { News } from './news.tsx'
import { Pages } from './pages.tsx'
import { useLostFocus } from './use-lost-focus.ts'
import { useShortcuts } from './use-shortcuts.ts'
import './shell.css'

// What is not needed to read and to write comes after it.
const loadCalls = () => import('../calls/parts.ts')
const silently = { failing: 'silently' } as const
const BackgroundCall = lazyPart(async () => (await loadCalls()).BackgroundCall, silently)
const CallBar = lazyPart(async () => (await loadCalls()).CallBar, silently)
const IncomingCallCard = lazyPart(async () => (await loadCalls()).IncomingCallCard, silently)
const Refused = lazyPart(async () => (await import('./refused.tsx')).Refused)
const over = { failing: 'over' } as const
const HelpDialog = lazyPart(async () => (await import('./help-dialog.tsx')).HelpDialog, over)
const SearchDialog = lazyPart(async () => (await import('../search/search-dialog.tsx')).SearchDialog, over)
const SettingsDialog = lazyPart(async () => (await import('./settings-dialog.tsx')).SettingsDialog, over)

/** The frame around every page: navigation, connection state and the current call. */
export function Shell() {
  const { status, session } = useConnection()
  const main = useFocusOnPage()
  useLostFocus()
  const [dialog, setDialog] = useState<'help' | 'search' | 'settings' | null>(null)
  const canSearch = useSession().can('search')
  const showHelp = useCallback(() => setDialog('help'), [])
  const showSearch = useCallback(() => setDialog('search'), [])
  const close = (): void => setDialog(null)
  useShortcuts(showHelp, canSearch ? showSearch : null)
  const isShutOut = status === 'refused' && session === null

  return (
    <div className="shell">
      {/* A button, because a link to #main would change the page: the address after # names it. */}
      <button type="button" className="skip-link button" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <IncomingCallCard />
      <Header onSettings={() => setDialog('settings')} onSearch={canSearch ? showSearch : null} />
      <Navigation />
      <div className="shell-notices">
        {!isShutOut && <ConnectionBanner />}
        <CallBar />
      </div>
      <main ref={main} tabIndex={-1} className="shell-main">
        {isShutOut ? <Refused /> : <Pages />}
      </main>
      <Announcer />
      {!isShutOut && <News />}
      <Notifications />
      <BackgroundCall />
      {dialog === 'help' && <HelpDialog onClose={close} />}
      {dialog === 'search' && <SearchDialog onClose={close} />}
      {dialog === 'settings' && <SettingsDialog onClose={close} onHelp={showHelp} />}
    </div>
  )
}

/** Moves the focus to a newly opened page, unless the page already has it. */
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
