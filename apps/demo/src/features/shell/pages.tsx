import { Compass } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Link, Redirect, Route, Switch } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { paths } from '../../lib/paths.ts'
import { ChatPage } from '../chat/chat-page.tsx'
import { useLastRoom } from '../chat/last-room.ts'
import { useSelf } from '../people/use-self.ts'

// The chat is what most people open first; the others come when they are opened.
const AdminPage = lazy(async () => ({ default: (await import('../admin/admin-page.tsx')).AdminPage }))
const BoardPage = lazy(async () => ({ default: (await import('../board/board-page.tsx')).BoardPage }))
const ReportsPage = lazy(async () => ({ default: (await import('../reports/reports-page.tsx')).ReportsPage }))
const CallsPage = lazy(async () => ({ default: (await import('../calls/parts.ts')).CallsPage }))
const TicketsPage = lazy(async () => ({ default: (await import('../tickets/parts.ts')).TicketsPage }))

/** The page for the current address. */
export function Pages() {
  const room = useLastRoom(useSelf().userId)
  return (
    <Suspense fallback={<Skeleton label="Loading the page" />}>
      <Switch>
        <Route path={paths.shop}>
          <Redirect to={paths.room(room)} replace />
        </Route>
        <Route path={paths.enter}>
          <Redirect to={paths.room(room)} replace />
        </Route>
        <Route path={`${paths.chat}/*?`} component={ChatPage} />
        <Route path={paths.newRoom} component={ChatPage} />
        <Route path={`${paths.invites}/*?`} component={ChatPage} />
        <Route path={`${paths.calls}/*?`} component={CallsPage} />
        <Route path={`${paths.tickets}/*?`} component={TicketsPage} />
        <Route path={paths.board} component={BoardPage} />
        <Route path={paths.reports} component={ReportsPage} />
        <Route path={paths.admin} component={AdminPage} />
        <Route>
          <EmptyState icon={Compass} title="Page not found">
            <Link href={paths.room(room)} className="button">
              Go to the chat
            </Link>
          </EmptyState>
        </Route>
      </Switch>
    </Suspense>
  )
}
