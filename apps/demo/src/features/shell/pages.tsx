import { Compass } from 'lucide-react'
import { Link, Redirect, Route, Switch } from 'wouter'
import { EmptyState } from '../../components/empty-state.tsx'
import { paths } from '../../lib/paths.ts'
import { AdminPage } from '../admin/admin-page.tsx'
import { CallsPage } from '../calls/calls-page.tsx'
import { ChatPage } from '../chat/chat-page.tsx'
import { useLastRoom } from '../chat/open-rooms.ts'
import { useSelf } from '../people/use-self.ts'
import { TicketsPage } from '../tickets/tickets-page.tsx'

/** The page for the current address. */
export function Pages() {
  const room = useLastRoom(useSelf().userId)
  return (
    <Switch>
      <Route path="/">
        <Redirect to={paths.room(room)} replace />
      </Route>
      <Route path={`${paths.chat}/*?`} component={ChatPage} />
      <Route path={paths.newRoom} component={ChatPage} />
      <Route path={`${paths.invites}/*?`} component={ChatPage} />
      <Route path={`${paths.calls}/*?`} component={CallsPage} />
      <Route path={`${paths.tickets}/*?`} component={TicketsPage} />
      <Route path={paths.admin} component={AdminPage} />
      <Route>
        <EmptyState icon={Compass} title="Page not found">
          <Link href={paths.room(room)} className="button">
            Go to the chat
          </Link>
        </EmptyState>
      </Route>
    </Switch>
  )
}
