import { useSession } from '@dowellchat/client/react'
import {
  ChartNoAxesColumn,
  Flag,
  type LucideIcon,
  MessagesSquare,
  Phone,
  SlidersHorizontal,
  Ticket,
} from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { lazyPart } from '../../components/lazy-part.tsx'
import { paths } from '../../lib/paths.ts'
import { useChatPath } from '../chat/last-room.ts'

const MissedCalls = lazyPart(async () => (await import('../calls/parts.ts')).MissedCalls, {
  failing: 'silently',
})

/** Links to every page. */
export function Navigation() {
  const { role, can } = useSession()
  const chat = useChatPath()
  const [missed, setMissed] = useState(0)
  return (
    <nav className="shell-nav" aria-label="Pages">
      <MissedCalls onCount={setMissed} />
      <PageLink
        page={paths.chat}
        also={[paths.newRoom, paths.invites]}
        href={chat}
        icon={MessagesSquare}
        title="Chat"
      />
      {(role === null || can('callUser')) && (
        <PageLink page={paths.calls} icon={Phone} title="Calls" missed={missed} />
      )}
      <PageLink page={paths.tickets} icon={Ticket} title="Tickets" />
      {(role === 'agent' || role === 'admin') && (
        <PageLink page={paths.board} icon={ChartNoAxesColumn} title="Board" />
      )}
      {can('get_reports') && <PageLink page={paths.reports} icon={Flag} title="Reports" />}
      {can('create_topic') && <PageLink page={paths.admin} icon={SlidersHorizontal} title="Admin" />}
    </nav>
  )
}

interface PageLinkProps {
  readonly page: string
  /** Further addresses that belong to the page. */
  readonly also?: readonly string[]
  readonly href?: string
  readonly icon: LucideIcon
  readonly title: string
  /** How much there was missed. */
  readonly missed?: number
}

function PageLink({ page, also = [], href = page, icon: Icon, title, missed = 0 }: PageLinkProps) {
  const [location] = useLocation()
  const isHere = [page, ...also].some((one) => location === one || location.startsWith(`${one}/`))
  return (
    <Link
      href={href}
      aria-current={isHere ? 'page' : undefined}
      aria-label={missed > 0 ? `${title}, ${missed} missed` : undefined}
    >
      <Icon aria-hidden />
      {title}
      {missed > 0 && <span className="count">{missed}</span>}
    </Link>
  )
}
