import { type LucideIcon, MessagesSquare, Phone, SlidersHorizontal, Ticket } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { paths } from '../../lib/paths.ts'
import { useLastRoom } from '../chat/rooms.ts'
import { useCan } from '../people/use-can.ts'
import { useSelf } from '../people/use-self.ts'

/** Links to every page. */
export function Navigation() {
  const canCall = useCan('callUser')
  const canSetUp = useCan('create_topic')
  const room = useLastRoom(useSelf().userId)
  return (
    <nav className="shell-nav" aria-label="Pages">
      <PageLink page={paths.chat} href={paths.room(room)} icon={MessagesSquare} title="Chat" />
      {canCall && <PageLink page={paths.calls} icon={Phone} title="Calls" />}
      <PageLink page={paths.tickets} icon={Ticket} title="Tickets" />
      {canSetUp && <PageLink page={paths.admin} icon={SlidersHorizontal} title="Admin" />}
    </nav>
  )
}

interface PageLinkProps {
  readonly page: string
  readonly href?: string
  readonly icon: LucideIcon
  readonly title: string
}

function PageLink({ page, href = page, icon: Icon, title }: PageLinkProps) {
  const [location] = useLocation()
  const isHere = location === page || location.startsWith(`${page}/`)
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined}>
      <Icon aria-hidden />
      {title}
    </Link>
  )
}
