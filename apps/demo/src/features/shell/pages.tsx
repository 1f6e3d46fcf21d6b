import { Compass } from 'lucide-react'
import { Link, Redirect, Route, Switch } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { lazyPart } from '../../components/lazy-part.tsx'
import { Skeleton } from '../../components/skeleton.tsx'
import { paths } from '../../lib/paths.ts'
import { ChatPage } from '../chat/chat-page.tsx'
import { useChatPath } from '../chat/last-room.ts'

// The chat is what most people open first; the others come when they are opened.
const page = { waiting: () => <Skeleton label="Loading the page" /> }
const AdminPage = lazyPart(async () => (await import('../admin/admin-page.tsx')).AdminPage, page)
const BoardPage = lazyPart(async () => (await import('../board/board-page.tsx')).BoardPage, page)
const ReportsPage = lazyPart(async () => (await import('../reports/reports-page.tsx')).ReportsPage, page)
const CallsPage = lazyPart(async () => (await import('../calls/parts.ts')).CallsPage, page)
const TicketsPage = lazyPart(async () => (await import('../tickets/parts.ts')).TicketsPage, page)

/** The page for the current address. */
export function Pages() {
  const chat = useChatPath()
  return (
    <Switch>
      <Route path={paths.shop}>
        <Redirect to={chat} replace />
      </Route>
      <Route path={paths.enter}>
        <Redirect to={chat} replace />
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
          <Link href={chat} className="button">
            Go to the chat
          </Link>
        </EmptyState>
      </Route>
    </Switch>
  )
}
